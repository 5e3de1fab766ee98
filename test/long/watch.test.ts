/** Releases that are watched in the lab: a good one passes, one stops the step, one is taken back within the same `up`. */
import { eventually, kubectl, releaseOf } from "../support/cluster";
import { expectNoDrift } from "../support/drift";
import { FaultyStack } from "../support/faulty-stack";
import { lastPodGone } from "../support/load";
import { labMonitoring, smallOmniops } from "../support/monitoring/settings";
import { setFaults, startTraffic } from "../support/monitoring/traffic";

const stack = new FaultyStack();
const short = { minutes: 3, windowSeconds: 60, sampleSeconds: 5, samples: 13 };
const unwatched = Object.fromEntries(["prism", "mued", "ai-backend"].map((name) => [`${name}:watch`, { minutes: 0 }]));
let endTraffic: () => Promise<unknown>;

beforeAll(async () => {
  stack.configure({
    "runsheet:monitoring": { ...labMonitoring, logs: { store: "none" } },
    ...smallOmniops,
    "runsheet:prometheus": { url: "http://prometheus-operated.runsheet-monitoring:9090" },
    "omniops:watch": { minutes: 0 },
    "pm:watch": { minutes: 0 },
    ...unwatched,
  });
  await stack.upSucceeds();
  endTraffic = await startTraffic();
});
afterAll(async () => {
  await setFaults("omniops", []);
  await setFaults("pm", []);
  await endTraffic?.();
  stack.configure({
    ...{ "runsheet:monitoring": undefined, "runsheet:prometheus": undefined, "omniops:workloads": undefined },
    ...Object.fromEntries(["omniops", "pm", "prism", "mued", "ai-backend"].map((name) => [`${name}:watch`, undefined])),
  });
  await stack.upSucceeds();
  await stack.leave();
});

const logOf = async (system: string) =>
  kubectl("logs", "-n", system, "-l", `app.kubernetes.io/name=${system}-watch`, "--tail=-1");
const podsOf = (system: string, workload: string) =>
  kubectl("get", "pods", "-n", system, "-l", `app.kubernetes.io/name=${workload}`, "-o", "name");

/** Lets the stand-in of a system fail as soon as its watch judges. */
async function failsWhileWatched(system: string, path: string): Promise<void> {
  const watching = async () => (await logOf(system)).includes(stack.release(system));
  await eventually(`the watch of ${system} begins`, watching, 600);
  await setFaults(system, [{ path, status: 500 }]);
}

test("good releases pass, with every value in the log", async () => {
  stack.configure({
    "omniops:watch": { ...short, onFailure: "rollback" },
    "pm:watch": { ...short, onFailure: "stop" },
  });
  stack.nextRelease("omniops", "pm");
  await stack.upSucceeds();
  for (const system of ["omniops", "pm"]) process.stderr.write(`${await logOf(system)}\n`);
  expect(await logOf("omniops")).toMatch(/Phase 4 error rate: 0 %/);
});

test("bad ones fail their step: the one is taken back, of the other it is said how", async () => {
  const before = { omniops: stack.release("omniops"), pm: stack.release("pm") };
  stack.nextRelease("omniops", "pm");
  const bad = { omniops: stack.release("omniops"), pm: stack.release("pm") };
  const [output] = await Promise.all([
    stack.upFails(
      /FAILED Phase 4 error rate: [\d.]+ % for \d+ s \(13 samples\), at most 1 %/,
      `${bad.omniops} was taken back: ${before.omniops} runs again, and the configuration still says ${bad.omniops}`,
      /FAILED error rate: [\d.]+ % for \d+ s \(13 samples\), .*at most 5 %/,
      `To take ${bad.pm} back: pulumi config set pm:release ${before.pm}`,
    ),
    failsWhileWatched("omniops", "/api/features"),
    failsWhileWatched("pm", "/api/signals"),
  ]);
  process.stderr.write(`${output.slice(output.indexOf("Diagnostics:"))}\n`);
  expect(await releaseOf("omniops")).toBe(before.omniops);
  expect(await releaseOf("pm", "pm-backend")).toBe(bad.pm);
  for (const system of ["omniops", "pm"]) await setFaults(system, []);
});

test("an up without a change fails at once; with the release before it changes no pod", async () => {
  await lastPodGone("omniops", "omniops-phase4", stack.release("omniops"));
  const pods = await podsOf("omniops", "omniops-phase4");
  const begin = Date.now();
  await stack.upFails(/taken back/);
  process.stderr.write(`  the up without a change failed after ${Math.round((Date.now() - begin) / 1000)} s\n`);
  stack.configure({ "omniops:release": await releaseOf("omniops") });
  stack.nextRelease("pm");
  await stack.upSucceeds();
  expect((await podsOf("omniops", "omniops-phase4")).split("\n").sort()).toEqual(pods.split("\n").sort());
  expect(await releaseOf("pm", "pm-backend")).toBe(stack.release("pm"));
  await expectNoDrift(stack);
});
