/** Pods that are watched, on a simulated clock. */
import * as api from "../../../../../components/kubernetes/in-pod/cluster-api";
import { unsteady } from "../../../../../components/workload/in-pod/stays-up";
import { SimulatedClock } from "../../../../support/simulated-clock";

const clock = new SimulatedClock();
jest.spyOn(api, "namespace").mockReturnValue("demo");
const ask = jest.spyOn(api, "ask");

const pod = (restartCount: number, terminated?: object) => ({
  metadata: { name: "worker-1" },
  status: { containerStatuses: [{ name: "worker", restartCount, lastState: { terminated } }] },
});

/** Lets the API server answer with the pods of each second. */
const scene = (at: (second: number) => object[]) =>
  ask.mockImplementation(() => Promise.resolve({ items: at(clock.seconds) } as never));

beforeEach(() => {
  clock.seconds = 0;
  ask.mockReset();
});

test("a pod that ends is named, with how it ended, as soon as it is seen", async () => {
  scene((second) => [second < 40 ? pod(0) : pod(1, { reason: "OOMKilled", exitCode: 137 })]);
  expect(await unsteady("worker", 60)).toBe("worker-1 ended (OOMKilled, exit code 137) and was restarted");
  expect(clock.seconds).toBe(40);
});

test("restarts before are forgiven, and pods that come and go", async () => {
  scene((second) => [pod(3), ...(second < 20 ? [] : [{ ...pod(1), metadata: { name: "worker-2" } }])]);
  expect(await unsteady("worker", 60)).toBeUndefined();
  expect(clock.seconds).toBe(60);
  expect(ask).toHaveBeenCalledWith("/api/v1/namespaces/demo/pods?labelSelector=app.kubernetes.io%2Fname%3Dworker");
});

test("an API server that does not answer for a moment changes nothing", async () => {
  scene((second) => [second < 30 ? pod(0) : pod(1)]);
  ask.mockRejectedValueOnce(new Error("no answer"));
  expect(await unsteady("worker", 60)).toBe("worker-1 ended (Error) and was restarted");
});

const inState = (state: object, more: object = {}) => ({
  metadata: { name: "worker-1" },
  status: {
    phase: "Running",
    containerStatuses: [
      { name: "worker", restartCount: 9, state, lastState: { terminated: { reason: "Error", exitCode: 1 } } },
    ],
    ...more,
  },
});

test("a loop of crashes is one, however rarely it restarts", async () => {
  scene(() => [inState({ waiting: { reason: "CrashLoopBackOff" } })]);
  expect(await unsteady("worker", 60)).toBe(
    "worker-1 ended (Error, exit code 1) and waits to be restarted again (CrashLoopBackOff)",
  );
  expect(clock.seconds).toBe(0);
});

test("a container that has ended and is not restarted yet has ended", async () => {
  scene((second) => [inState(second < 30 ? { running: {} } : { terminated: { reason: "Completed", exitCode: 0 } })]);
  expect(await unsteady("worker", 60)).toBe("worker-1 ended (Completed, exit code 0)");
});

test("a pod that is deleted or was evicted may end, for another takes its place", async () => {
  const terminated = { terminated: { reason: "Error", exitCode: 143 } };
  const deleted = inState(terminated);
  scene(() => [
    pod(0),
    { ...deleted, metadata: { name: "worker-2", deletionTimestamp: "2026-12-01T00:00:00Z" } },
    { ...inState(terminated, { phase: "Failed" }), metadata: { name: "worker-3" } },
  ]);
  expect(await unsteady("worker", 60)).toBeUndefined();
});

test("an API server that never lets anybody read is an error that says so", async () => {
  ask.mockRejectedValue(new api.Refused(403, "pods is forbidden"));
  expect(await unsteady("worker", 60)).toBe(
    "the pods of worker could not be read for 60 s: refused with 403: pods is forbidden",
  );
});

test("without any pod nothing stays up", async () => {
  scene(() => []);
  expect(await unsteady("worker", 60)).toBe("worker had no pod for 60 s");
});
