/** Writers of the namespace, which a restore stops and starts again. */
import timers from "node:timers/promises";
import { runningWriters, startWriters, stopWriters } from "../../../../../components/backups/in-pod/writers";
import { FakeNamespace } from "../../../../support/fake-namespace";

let seconds = 0;
jest.spyOn(timers, "setTimeout").mockImplementation(() => Promise.resolve(void seconds++));
jest.spyOn(Date, "now").mockImplementation(() => seconds * 1000);

const cluster = new FakeNamespace();
beforeEach(() => {
  seconds = 0;
  cluster.clear();
  cluster.deployment("api", 3);
  cluster.deployment("off", 0);
  cluster.cronJob("nightly");
  cluster.cronJob("paused", { suspend: true });
  cluster.job("nightly-1", { cronJob: "nightly" });
  cluster.job("nightly-0", { cronJob: "nightly", done: true });
  cluster.job("migrate-abc");
});

const all = { deployments: { api: 3 }, cronJobs: ["nightly"], jobs: ["nightly-1"] };

test("Deployments, CronJobs and the Jobs that they started are writers", async () => {
  expect(await runningWriters()).toEqual(all);
});

test("beside other things only those with the system's label or name are", async () => {
  cluster.deployment("backend", 2, { "app.kubernetes.io/part-of": "pm" });
  cluster.deployment("pm-frontend", 1);
  cluster.cronJob("pm-scheduled-reports");
  cluster.job("pm-scheduled-reports-1", { cronJob: "pm-scheduled-reports" });
  expect(await runningWriters(undefined, "pm")).toEqual({
    deployments: { backend: 2, "pm-frontend": 1 },
    cronJobs: ["pm-scheduled-reports"],
    jobs: ["pm-scheduled-reports-1"],
  });
});

test("they are stopped, and then each is as it was", async () => {
  const before = cluster.state();
  const writers = await runningWriters();
  await stopWriters(writers, 60);
  expect(cluster.state()).toEqual({
    deployments: { api: 0, off: 0 },
    suspended: ["nightly", "nightly-1", "paused"],
  });
  await startWriters(writers);
  expect(cluster.state()).toEqual(before);
});

test("what an earlier run has stopped is not forgotten", async () => {
  const writers = await runningWriters();
  await stopWriters(writers, 60);
  expect(await runningWriters()).toEqual({ deployments: {}, cronJobs: [], jobs: [] });
  expect(await runningWriters(writers)).toEqual(all);
});

test("pods that take long to end are waited for", async () => {
  cluster.pod("api-1", { "app.kubernetes.io/name": "api" }, () => seconds < 40);
  cluster.pod("nightly-1-x", { "batch.kubernetes.io/job-name": "nightly-1" }, () => seconds < 20);
  await stopWriters(all, 60);
  expect(seconds).toBe(40);
});

test("pods that do not end are an error that names them", async () => {
  cluster.pod("api-1", { "app.kubernetes.io/name": "api" }, () => true);
  await expect(stopWriters(all, 60)).rejects.toThrow("these pods did not end within 60 s: api-1");
});

test("what was deleted meanwhile stays deleted", async () => {
  cluster.clear();
  await startWriters(all);
  expect(cluster.state()).toEqual({ deployments: {}, suspended: [] });
});
