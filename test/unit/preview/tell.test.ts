/** Preview in the words of the runbooks: steps, changes and their reasons. */
import { complained, resource, said, urnOf } from "../../support/engine-events";
import { deployment, migration, task, told, types, within } from "./told";

const release = deployment({ release: "1.0", target: "" }, { release: "1.1", target: "" });
const of = (...events: Parameters<typeof told>[0][]) => told(events.flat()).systems[0]!;
const step = (name: string, ...events: Parameters<typeof told>[0][]) =>
  of(...events).steps.find((each) => each.name === name)!;

test("a stack without changes has none, whatever the engine has looked at", () =>
  expect(told(resource({ type: types.configMap, name: "it" }))).toMatchObject({
    ...{ version: 1, stack: "test", result: "no changes", counts: {}, dangers: [], systems: [], components: [] },
  }));

test("a component that is new is told by its resources", () =>
  expect(told(within("backend", { type: "runsheet:index:Workload", name: "web", ops: ["create"] })).result).toBe(
    "no changes",
  ));

test("steps are told in the runbook's order, those without changes not at all", () => {
  const { steps } = of(task("maintenance-off", "off"), task("migrate", "check"), release);
  expect(steps.map(({ name, title }) => [name, title])).toEqual([
    ["environment", "Provide what is needed"],
    ["migrate", "Migrate the database"],
    ["maintenance-off", "Disable Maintenance Mode"],
  ]);
});

test("a task that is replaced runs again, and a new one runs", () =>
  expect(told([...task("migrate", "again"), ...task("migrate", "new", { ops: ["create"] })]).counts).toEqual({
    "run again": 1,
    run: 1,
  }));

test("a task runs again because of the release, whatever differs in its pod", () => {
  const container = (value: string) => ({
    spec: { template: { spec: { containers: [{ name: "main", env: [{ name: "RELEASE", value }] }] } } },
  });
  const fields = ["metadata.name", "spec.template.spec.containers[0].env[0].value"];
  const { why, changes } = step(
    "backend",
    release,
    task("backend", "check", { from: container("1.0"), to: container("1.1"), fields }),
  );
  expect(why).toEqual(["release 1.0 -> 1.1"]);
  expect(changes[0]!.fields).toEqual(["variable RELEASE"]);
});

test("a task runs again because of its own fields, if nothing else has changed", () =>
  expect(
    step("backend", task("backend", "check", { fields: ["metadata.name", "spec.activeDeadlineSeconds"] })).why,
  ).toEqual(["changed: spec.activeDeadlineSeconds"]));

describe("a task that did not succeed the last time", () => {
  const failed = { fields: [], outputs: { status: { startTime: "2026-11-20T10:00:00Z", failed: 1 } } };
  const reason = "demo-migrate-users did not succeed the last time";

  test("runs again for that, and is no edited migration", () => {
    const system = of(migration("users", { ...failed, ops: ["replace"] }));
    expect([system.why, system.steps[0]!.why]).toEqual([[reason], [reason]]);
    expect(system.wayBack).toEqual({
      possible: true,
      how: ["put the configuration back as it was, then pulumi up --stack test"],
    });
  });

  test("is why those after it are still due", () => {
    const events = [...migration("users", { ...failed, ops: ["replace"] }), ...task("backend", "check")];
    expect(step("backend", events).why).toEqual([reason]);
  });

  test("is no reason of a step that is due for another one", () => {
    const events = [...release, ...migration("users", { ...failed, ops: ["replace"] }), ...task("backend", "check")];
    expect(step("backend", events).why).toEqual(["release 1.0 -> 1.1"]);
    expect(step("migrate", events).why).toEqual([reason]);
  });

  test.each([
    ["succeeded", { status: { completionTime: "2026-11-20T10:00:00Z", succeeded: 1 } }],
    ["has no status in the state", {}],
  ])("is not one that %s, and is replaced along with another", (_, outputs) =>
    expect(step("backend", task("backend", "check", { fields: [], outputs })).why).toEqual([]),
  );

  test("has no word about it if it is another task now", () =>
    expect(
      step("backend", task("backend", "check", { ...failed, fields: ["metadata.name", "spec.backoffLimit"] })).why,
    ).toEqual(["changed: spec.backoffLimit"]));
});

test("forms of one value are no change of a task", () => {
  const limits = (memory: string, readOnly?: boolean) => ({
    spec: { template: { spec: { containers: [{ memory, readOnly }] } } },
  });
  const fields = ["memory", "readOnly"].map((field) => `spec.template.spec.containers[0].${field}`);
  const events = task("backend", "check", { from: limits("2Gi"), to: limits("2048Mi", false), fields });
  expect(step("backend", events).changes[0]!.fields).toEqual([]);
});

test("an image is told with both of its names", () => {
  const image = (tag: string) => ({
    spec: { template: { spec: { containers: [{ name: "main", image: `web:${tag}` }] } } },
  });
  const path = "spec.template.spec.containers[0].image";
  const web = { type: types.deployment, name: "web", ops: ["update"] as const, from: image("1"), to: image("2") };
  expect(step("backend", within("backend", { ...web, fields: [path] })).why).toEqual(["image web:1 -> web:2"]);
});

test("changed configuration is told by its fields, of JSON by the parts that differ", () => {
  const data = (percentage: number) => ({
    data: { "rollout.json": JSON.stringify({ chat: { percentage }, other: 1 }) },
  });
  const flags = { type: types.configMap, name: "flags", ops: ["update"] as const, from: data(0), to: data(10) };
  const system = of(within("backend", { ...flags, fields: ['data["rollout.json"]'] }));
  expect(system.why).toEqual(["configuration: rollout.json chat.percentage"]);
  expect(system.steps[0]!.why).toEqual(system.why);
  expect(system.wayBack).toEqual({
    possible: true,
    how: ["put the configuration back as it was, then pulumi up --stack test"],
  });
});

test("a secret's value is in no part of what is told", () => {
  const mark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" };
  const values = (value: unknown) => ({ stringData: { KEY: value }, image: value, keepers: { release: value } });
  const events = [
    ...within("backend", {
      ...{ type: "kubernetes:core/v1:Secret", name: "keys", ops: ["update"] as const },
      ...{ from: values(mark), to: values(mark), fields: ["stringData.KEY", "spec.image"] },
    }),
    ...deployment({ release: mark, target: "" }, { release: mark, target: "" }),
  ];
  const whole = JSON.stringify(told(events));
  expect(whole).not.toContain("[secret]");
  expect(whole).toContain('"KEY"');
});

test("a new system is told as one, and so is one that goes", () => {
  const all = (op: "create" | "delete") => [
    ...resource({ type: "runsheet:index:Extra", name: "extra", ops: [op] }),
    ...resource({
      ...{ type: "runsheet:index:Runbook", name: "extra", parent: urnOf("runsheet:index:Extra", "extra"), ops: [op] },
      outputs: { title: "Extra", steps: [{ name: "only", title: "Only" }] },
    }),
    ...resource({
      ...{
        type: "runsheet:index:Step",
        name: "extra-only",
        parent: urnOf("runsheet:index:Runbook", "extra"),
        ops: [op],
      },
    }),
    ...resource({ type: types.configMap, name: "it", parent: urnOf("runsheet:index:Step", "extra-only"), ops: [op] }),
  ];
  expect(told(all("create")).systems).toMatchObject([
    {
      name: "extra",
      why: ["new in this stack"],
      wayBack: {
        possible: true,
        how: ["remove extra from runsheet:systems; what holds data stays while runsheet:protect is true"],
      },
    },
  ]);
  expect(told(all("delete")).systems).toMatchObject([
    { name: "extra", title: "Extra", why: ["no longer in this stack"], steps: [{ name: "only", title: "Only" }] },
  ]);
});

test("systems are told in the order of all summaries, not in that of the engine", () => {
  const system = (name: string) => [
    ...resource({ type: `runsheet:index:${name}`, name }),
    ...resource({ type: "runsheet:index:Runbook", name, parent: urnOf(`runsheet:index:${name}`, name) }),
    ...resource({ type: types.configMap, name, parent: urnOf(`runsheet:index:${name}`, name), ops: ["update"] }),
  ];
  const events = ["another", "pm", "prism"].flatMap(system);
  expect(told(events).systems.map(({ name }) => name)).toEqual(["prism", "pm", "another"]);
});

test("what belongs to no system is told by component", () => {
  const platform = resource({ type: "runsheet:index:Platform", name: "platform" });
  const parent = urnOf("runsheet:index:Platform", "platform");
  const { components } = told([
    ...platform,
    ...resource({ type: "kubernetes:helm.sh/v3:Release", name: "kinds", parent, ops: ["update"], fields: ["version"] }),
    ...resource({ type: "pulumi:providers:kubernetes", name: "cluster", ops: ["update"], fields: ["context"] }),
  ]);
  expect(components).toMatchObject([
    { name: "platform", changes: [{ verb: "change", kind: "Release", name: "kinds", fields: ["version"] }] },
    { name: "providers", changes: [{ verb: "change", kind: "Provider", name: "cluster", fields: ["context"] }] },
  ]);
});

test("messages are told once, with all that they are about; mandatory policies first", () => {
  const { result, warnings, errors, policies } = told(
    [
      ...["b", "a"].map((name) => said("warning", "old kind", urnOf(types.configMap, name))),
      said("error", "it cannot be read"),
      complained("advised", "advisory", "better not"),
      complained("kept", "mandatory", "keep it"),
    ],
    { failed: true },
  );
  expect(result).toBe("failed");
  expect(warnings).toEqual([{ resources: ["a", "b"], message: "old kind" }]);
  expect(errors).toEqual([{ resources: [], message: "it cannot be read" }]);
  expect(policies.map(({ policy }) => policy)).toEqual(["kept", "advised"]);
});
