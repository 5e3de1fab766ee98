/** Time for which a rollout is waited for, on a simulated clock. */
import timers from "node:timers/promises";
import * as api from "../../../../../components/kubernetes/in-pod/cluster-api";
import { rolledOut } from "../../../../../components/workload/in-pod/wait";

let seconds = 0;
jest
  .spyOn(timers, "setTimeout")
  .mockImplementation(() =>
    ++seconds > 3600 ? Promise.reject(new Error("not over within an hour")) : Promise.resolve(),
  );
jest.spyOn(Date, "now").mockImplementation(() => seconds * 1000);
jest.spyOn(api, "namespace").mockReturnValue("demo");
const ask = jest.spyOn(api, "ask");
const log = jest.spyOn(console, "log").mockImplementation();

/** State of the servers at a given second, or an error of the API server. */
type Moment = { readonly ready: number; readonly old?: number; readonly says?: string } | Error;
function scene(at: (second: number) => Moment): void {
  ask.mockImplementation((path) => {
    const moment = at(seconds);
    if (moment instanceof Error) return Promise.reject(moment);
    const { ready, old = 0, says } = moment;
    const status = { phase: "Cluster in healthy state", phaseReason: says, currentPrimary: "a", targetPrimary: "a" };
    const items = [1, 2, 3].map((serial) => ({
      metadata: { name: `demo-${serial}` },
      spec: { containers: [{ name: "postgres", image: serial <= old ? "old" : "new" }] },
      status: { conditions: [{ type: "Ready", status: serial <= ready ? "True" : "False" }] },
    }));
    return Promise.resolve((path.includes("/pods?") ? { items } : { status }) as never);
  });
}

const rollout = { cluster: "demo", instances: 3, server: { images: { postgres: "new" } } };
beforeEach(() => {
  seconds = 0;
  log.mockClear();
});

test("servers that keep coming and going delay a deployment by two minutes at most", async () => {
  scene((second) => ({ ready: 2 - (second % 2), says: `attempt ${second}` }));
  expect(await rolledOut(rollout, 900)).toBeUndefined();
  expect(seconds).toBe(120);
  expect(log).toHaveBeenCalledWith(
    "       demo: 2 of 3 servers are ready, 3 are there (the operator reports: Cluster in healthy state: attempt 120)",
  );
});

test("also when the API server does not answer each time", async () => {
  scene((second) => (second % 10 === 5 ? new Error("no answer") : { ready: 2 }));
  expect(await rolledOut(rollout, 900)).toBeUndefined();
  expect(seconds).toBe(120);
});

test("the two minutes begin when the last server is new", async () => {
  scene((second) => (second < 300 ? { ready: 2, old: 3 - Math.floor(second / 100) } : { ready: 2 }));
  expect(await rolledOut(rollout, 900)).toBeUndefined();
  expect(seconds).toBe(420);
});

test("old servers fail the rollout when nothing has changed for its whole time", async () => {
  scene((second) => ({ ready: 3, old: second < 500 ? 2 : 1 }));
  expect(await rolledOut(rollout, 900)).toBe(
    "no progress for 900 s: outdated: demo-1 with postgres of old (the operator reports: Cluster in healthy state)",
  );
  expect(seconds).toBe(1400);
});

test("it is over as soon as all are new and ready", async () => {
  scene((second) => (second < 7 ? { ready: 2 } : { ready: 3, says: undefined }));
  expect(await rolledOut(rollout, 900)).toBeUndefined();
  expect(seconds).toBe(7);
  expect(log).not.toHaveBeenCalled();
});
