/** Retention that waits for restores, on a simulated clock. */
import * as api from "../../../../../components/kubernetes/in-pod/cluster-api";
import { restoresAtWork, untilNoRestore } from "../../../../../components/postgres/in-pod/restores";
import { SimulatedClock } from "../../../../support/simulated-clock";

const clock = new SimulatedClock();
jest.spyOn(api, "namespace").mockReturnValue("demo");
const ask = jest.spyOn(api, "ask");

const jobs = "/apis/batch/v1/namespaces/demo/jobs";
const clusters = "/apis/postgresql.cnpg.io/v1/namespaces/demo/clusters";

const conditions = (...types: string[]) => ({ conditions: types.map((type) => ({ type, status: "True" })) });
const job = (label: string, status: object = {}, spec: object = {}) => ({
  metadata: { name: `${label}-1` },
  spec: { ...spec, template: { metadata: { labels: { "app.kubernetes.io/name": label } } } },
  status,
});
const cluster = (
  name: string,
  status: object = {},
  annotations: object = {},
  bootstrap: object = { recovery: {} },
) => ({
  metadata: { name, annotations },
  spec: { bootstrap },
  status,
});

/** Lets the API server answer with the objects of each second. */
const scene = (at: (second: number) => Record<string, object[]>) =>
  ask.mockImplementation((path) => Promise.resolve({ items: at(clock.seconds)[path] ?? [] } as never));

beforeEach(() => {
  clock.seconds = 0;
  ask.mockReset();
});

test.each([
  "prism-restore",
  "prism-restored",
  "prism-restore-check",
  "prism-restore-check-rehearsal",
  "pm-restore-test",
])("a Job of %s that has not ended reads backups", async (label) => {
  scene(() => ({ [jobs]: [job(label)] }));
  expect(await restoresAtWork()).toEqual([`the Job ${label}-1`]);
  for (const end of ["Complete", "Failed"]) {
    scene(() => ({ [jobs]: [job(label, conditions(end))] }));
    expect(await restoresAtWork()).toEqual([]);
  }
});

test("other Jobs, and one that is suspended, read none", async () => {
  scene(() => ({
    [jobs]: [
      job("prism-dump"),
      job("prism-restorer"),
      { ...job(""), spec: { template: {} } },
      job("a-restore", {}, { suspend: true }),
    ],
  }));
  expect(await restoresAtWork()).toEqual([]);
});

test("a Cluster that is restored reads them until its first server has recovered", async () => {
  const begun = { phase: "Setting up primary", targetPrimary: "begun-1", instances: 1 };
  scene(() => ({ [clusters]: [cluster("restored"), cluster("begun", begun)] }));
  expect(await restoresAtWork()).toEqual(["the Cluster restored", "the Cluster begun"]);
});

test("one that was restored long ago reads none, also while a server is down", async () => {
  const down = { conditions: [{ type: "Ready", status: "False" }], currentPrimary: "a-2", readyInstances: 2 };
  scene(() => ({ [clusters]: [cluster("a", down)] }));
  expect(await restoresAtWork()).toEqual([]);
});

test("one that is stopped, or began empty, reads none", async () => {
  const stopped = { "cnpg.io/hibernation": "on" };
  scene(() => ({ [clusters]: [cluster("b", {}, stopped), cluster("c", {}, {}, { initdb: {} })] }));
  expect(await restoresAtWork()).toEqual([]);
});

test("a cluster without the operator has Jobs alone", async () => {
  ask.mockImplementation((path) =>
    path === clusters
      ? Promise.reject(new api.Refused(404, "no such resource"))
      : Promise.resolve({ items: [job("prism-restore")] } as never),
  );
  expect(await restoresAtWork()).toEqual(["the Job prism-restore-1"]);
});

test("it waits until nothing is at work, and says each once", async () => {
  scene((second) => ({
    [jobs]: second < 90 ? [job("prism-restore-check")] : [],
    [clusters]: second >= 60 && second < 300 ? [cluster("prism-postgresql")] : [],
  }));
  const said: string[] = [];
  await untilNoRestore(3600, (line) => said.push(line));
  expect(clock.seconds).toBe(300);
  expect(said).toEqual(["waits for the Job prism-restore-check-1", "waits for the Cluster prism-postgresql"]);
});

test("an API server that does not answer is waited for", async () => {
  scene(() => ({}));
  ask.mockRejectedValueOnce(new Error("no answer"));
  const said: string[] = [];
  await untilNoRestore(3600, (line) => said.push(line));
  expect(clock.seconds).toBe(30);
  expect(said).toEqual(["waits for an answer of the API server (no answer)"]);
});

test("after the limit it fails, and says what is still at work", async () => {
  scene(() => ({ [jobs]: [job("prism-restore")] }));
  await expect(untilNoRestore(3600, () => undefined)).rejects.toThrow(
    "nothing was deleted: a restore may need it. Still at work: the Job prism-restore-1",
  );
  expect(clock.seconds).toBe(3630);
});
