/** Course of recorded runs. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { Course } from "../../../deployments/course";
import type { Deployment } from "../../../deployments/deployment";
import { usualOf } from "../../../deployments/usual";
import { beforeOf, courseOf, deploymentOf, eventsOf, upTo, type RecordedRun } from "../../support/deployment/recorded";

const shop = ({ systems }: Deployment) =>
  systems.find(({ name }) => name === "shop")!.steps.map(({ name, state }) => `${name} ${state}`);

const isAbout = ({ resourcePreEvent, resOutputsEvent }: EngineEvent, name: string) =>
  (resourcePreEvent ?? resOutputsEvent)?.metadata.urn.endsWith(`::${name}`) ?? false;

const at = (run: RecordedRun, name: string, what: "begins" | "ends") =>
  deploymentOf(run, upTo(eventsOf(run), name, what));

test("a run that has told nothing is waited for", () => {
  const { state, systems } = new Course({ graph: [], usual: usualOf([], []) }).deployment(0);
  expect([state, systems]).toEqual(["waiting", []]);
});

test("steps are named before they begin, by what the last up left", () => {
  const told = deploymentOf("release", 1);
  expect(told.state).toBe("running");
  expect(shop(told)).toEqual([
    "environment waiting",
    "secrets waiting",
    "maintenance-on waiting",
    "migrate waiting",
    "cron empty",
    "verify waiting",
    "maintenance-off waiting",
  ]);
});

test("a step runs from its first resource on, those before it are done or unchanged", () => {
  const migrating = at("release", "shop-migrate", "begins");
  expect(shop(migrating)).toEqual([
    "environment unchanged",
    "secrets unchanged",
    "maintenance-on done",
    "migrate running",
    "cron empty",
    "verify waiting",
    "maintenance-off waiting",
  ]);
  expect(migrating.tasks).toContainEqual({
    ...{ system: "shop", step: "migrate", name: "shop-migrate" },
    ...{ namespace: "shop", job: "shop-migrate-1-1" },
  });
});

test("a first up learns the steps as they register", () => {
  const first = at("first", "shop-migrate", "begins");
  expect(shop(first)).toEqual([
    "environment done",
    "secrets done",
    "maintenance-on done",
    "migrate running",
    "cron waiting",
    "verify waiting",
    "maintenance-off waiting",
  ]);
  expect(shop(deploymentOf("first"))[4]).toBe("cron empty");
});

test("a step of a first up that has only prepared something waits for those before it", () => {
  const events = eventsOf("first");
  // The ConfigMap of another step, as an immutable one of the verification.
  const own = JSON.stringify(events.filter((event) => isAbout(event, "shop-settings")));
  const step = events.find((event) => isAbout(event, "shop-verify"))!.resourcePreEvent!.metadata.urn;
  const moved = JSON.parse(
    own.replaceAll("shop-settings", "shop-files").replaceAll('"parent":"', `"parent":"${step}","was":"`),
    (key, value: unknown) => (key === "inputs" ? { ...(value as object), immutable: true } : value),
  ) as EngineEvent[];
  const verification = (name: string, what: "begins" | "ends") => {
    const count = upTo(events, name, what);
    const at = events[count - 1]!.timestamp * 1000 + 5000;
    const prepared = [...events.slice(0, count), ...moved];
    return shop(courseOf("first", prepared).deployment(at)).find((state) => state.startsWith("verify "));
  };
  expect(moved).toHaveLength(2);
  expect(verification("shop-maintenance-on", "begins")).toBe("verify waiting");
  expect(verification("shop-migrate", "begins")).toBe("verify waiting");
  expect(verification("shop-verify", "begins")).toBe("verify running");
  expect(verification("shop-verify", "ends")).toBe("verify done");
});

test("a run that succeeded has everything done, with its releases and figures", () => {
  const told = deploymentOf("release");
  expect(shop(told)).toEqual([
    "environment unchanged",
    "secrets unchanged",
    "maintenance-on done",
    "migrate done",
    "cron empty",
    "verify done",
    "maintenance-off done",
  ]);
  const { state, counts, tasks, failures, systems } = told;
  expect([state, counts, tasks, failures]).toEqual(["succeeded", { same: 3, replace: 6 }, [], []]);
  expect(systems.map(({ name, release }) => [name, release])).toEqual([
    ["mail", { from: "1.0", to: "1.1" }],
    ["shop", { from: "1.0", to: "1.1" }],
  ]);
});

test("a run without changes has every step unchanged", () =>
  expect(new Set(shop(deploymentOf("same")).map((step) => step.split(" ")[1]))).toEqual(
    new Set(["unchanged", "empty"]),
  ));

test("a failed step has its error and its way out, those after it are not done", () => {
  const told = deploymentOf("failed");
  expect(told.state).toBe("failed");
  expect(shop(told)).toEqual([
    "environment unchanged",
    "secrets unchanged",
    "maintenance-on done",
    "migrate failed",
    "cron empty",
    "verify left",
    "maintenance-off left",
  ]);
  const step = told.systems.find(({ name }) => name === "shop")!.steps[3]!;
  expect(step.failures).toEqual([
    {
      resource: "shop-broken",
      message: expect.stringMatching(/^failed to write YAML file: .*: no such file or directory$/) as string,
    },
  ]);
  expect(step.wayOut).toEqual({
    facts: [
      "mend the cause, and run `up` again: it goes on from here",
      "nothing from `verify` on is done",
      "left on until `maintenance-off` is done: maintenance mode",
    ],
    commands: ["kubectl logs -n shop -l app.kubernetes.io/name=shop-migrate --all-containers --tail=-1"],
  });
});

test("what only follows from the failure of a step is said once", () =>
  expect(deploymentOf("failed").failures).toEqual([]));

test("a failure that belongs to no step is shown with the run", () => {
  const course = courseOf("same", eventsOf("same").slice(0, -1));
  course.take([
    {
      ...{ sequence: 1000, timestamp: 2 },
      diagnosticEvent: { severity: "error", message: "<{%fg 1%}>the program is wrong\n<{%reset%}>", color: "never" },
    },
  ]);
  expect(course.deployment(0).failures).toEqual([{ message: "the program is wrong" }]);
});

test("what a failed step leaves waiting is known while another system still runs", () => {
  const told = at("failed", "shop-broken", "ends");
  expect(told.state).toBe("running");
  expect(shop(told).slice(3)).toEqual(["migrate failed", "cron empty", "verify left", "maintenance-off left"]);
});

test("an engine that was killed has left a run cut off", () => {
  const events = eventsOf("release");
  const course = courseOf("release", events.slice(0, upTo(events, "shop-migrate", "begins")));
  course.hasEnded();
  const told = course.deployment(0);
  expect(told.state).toBe("interrupted");
  expect(shop(told).slice(2)).toEqual([
    "maintenance-on done",
    "migrate broken",
    "cron empty",
    "verify left",
    "maintenance-off left",
  ]);
  expect(told.tasks).toEqual([]);
});

test("an engine that has said its last words was not killed", () => {
  const course = courseOf("release");
  course.hasEnded();
  expect(course.deployment(0).state).toBe("succeeded");
});

test("a preview changes nothing, and is told from an up", () => {
  const events = eventsOf("release").map((event) => {
    const told = event.resourcePreEvent;
    return told ? { ...event, resourcePreEvent: { ...told, planning: true } } : event;
  });
  expect(courseOf("release", events.slice(0, -1)).deployment(0).state).toBe("preview");
  expect(courseOf("release", events).deployment(0).state).toBe("previewed");
});

test("the time of a step goes from its first resource to its last", () => {
  const { steps } = deploymentOf("release").systems.find(({ name }) => name === "shop")!;
  const took = steps.map(({ began, ended }) => (began === undefined ? undefined : (ended! - began) / 1000));
  expect(took.slice(0, 2)).toEqual([undefined, undefined]);
  for (const seconds of [took[2], took[3], took[5], took[6]]) expect([2, 3]).toContain(seconds);
});

test("what is usual comes from the state", () => {
  const usual = usualOf([], beforeOf("failed"));
  expect(usual("shop", "migrate")).toMatch(/^last time at most [23] s$/);
  expect(usual("shop", "cron")).toBeUndefined();
});
