/** Events of the engine, and the run that they tell. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { Events } from "../../../engine/events";
import { complained, demo, resource, said, stackUrn, stepUrn, urnOf } from "../../support/engine-events";

const configMap = "kubernetes:core/v1:ConfigMap";
const steps = [
  { name: "first", title: "The first" },
  { name: "second", title: "The second" },
];

function runOf(...events: EngineEvent[]) {
  const reader = new Events();
  for (const event of events) reader.take(event);
  return reader.run();
}

const found = (name: string, ...events: EngineEvent[]) =>
  runOf(...demo(steps), ...events).resources.find((change) => change.name === name);

test("a resource belongs to the step above it, at any depth", () => {
  const task = { type: "runsheet:index:Task", name: "task", parent: stepUrn("second") };
  const events = [
    ...resource(task),
    ...resource({ type: configMap, name: "files", parent: urnOf(task.type, task.name) }),
  ];
  expect(found("files", ...events)).toMatchObject({ component: "demo", system: "demo", step: "second", custom: true });
});

test("a resource beside the steps belongs to its system alone", () =>
  expect(
    found("other", ...resource({ type: configMap, name: "other", parent: urnOf("runsheet:index:Demo", "demo") })),
  ).toEqual(expect.not.objectContaining({ step: expect.anything() as unknown })));

test("a component that is no system has a name, and what has none has nothing", () => {
  const platform = { type: "runsheet:index:Platform", name: "platform" };
  const inside = { type: configMap, name: "inside", parent: urnOf(platform.type, platform.name) };
  const change = found("inside", ...resource(platform), ...resource(inside))!;
  expect([change.component, change.system, change.step]).toEqual(["platform", undefined, undefined]);
  const provider = found("cluster", ...resource({ type: "pulumi:providers:kubernetes", name: "cluster" }))!;
  expect([provider.component, provider.system, provider.step]).toEqual([undefined, undefined, undefined]);
});

test("the runbook has its title and its steps in its own order", () =>
  expect(runOf(...demo(steps)).runbooks).toEqual([
    {
      system: "demo",
      title: "Demo Runbook",
      steps: [
        { name: "first", title: "The first", after: [] },
        { name: "second", title: "The second", after: [] },
      ],
    },
  ]));

test("a deleted runbook is read from the state", () => {
  const outputs = { title: "Former", steps: [{ name: "only", title: "The only one", after: [] }] };
  const runbook = { type: "runsheet:index:Runbook", name: "former", ops: ["delete"] as const, outputs };
  expect(runOf(...resource(runbook)).runbooks).toEqual([{ system: "former", ...outputs }]);
});

test.each([
  [["same"], "same"],
  [["create"], "create"],
  [["update"], "update"],
  [["delete-replaced", "replace", "create-replacement"], "replace"],
  [["create-replacement", "replace", "delete-replaced"], "replace"],
  [["delete"], "delete"],
  [["same", "delete-replaced"], "delete"],
  [["import"], "import"],
  [["read"], "read"],
] as const)("the engine's steps %j are the operation %s", (ops, operation) =>
  expect(found("it", ...resource({ type: configMap, name: "it", ops }))?.operation).toBe(operation),
);

test("a deletion that leaves the resource where it is, is a release", () =>
  expect(
    found("it", ...resource({ type: configMap, name: "it", ops: ["delete"], retainOnDelete: true }))?.operation,
  ).toBe("release"));

test("fields are sorted, and say whether they replace the resource", () => {
  const replaced = resource({ type: configMap, name: "it", ops: ["replace"], fields: ["data.b", "data.a"] });
  expect(found("it", ...replaced)?.fields).toEqual([
    { path: "data.a", replaces: true },
    { path: "data.b", replaces: true },
  ]);
  const updated = resource({ type: configMap, name: "it", ops: ["update"], fields: ["data.a"] });
  expect(found("it", ...updated)?.fields).toEqual([{ path: "data.a", replaces: false }]);
});

test("a name of a field gives way to its details", () => {
  const [event] = resource({ type: configMap, name: "it", ops: ["update"], fields: ["data.a"] });
  event!.resourcePreEvent!.metadata.diffs = ["data", "metadata"];
  expect(found("it", event!)?.fields.map(({ path }) => path)).toEqual(["data.a", "metadata"]);
});

test("states before and after are handed over; what is new or gone has one", () => {
  const from = { data: { a: "1" } };
  const to = { data: { a: "2" } };
  const changed = found("it", ...resource({ type: configMap, name: "it", ops: ["update"], from, to }));
  expect([changed?.before?.inputs, changed?.after?.inputs]).toEqual([from, to]);
  expect(found("it", ...resource({ type: configMap, name: "it", ops: ["create"], to }))?.before).toBeUndefined();
  expect(found("it", ...resource({ type: configMap, name: "it", ops: ["delete"], from }))?.after).toBeUndefined();
});

test("warnings and errors are told once, without colours or passing ones", () => {
  const urn = urnOf(configMap, "it");
  const { diagnostics } = runOf(
    said("warning", "<{%fg 3%}>beware<{%reset%}>\n", urn),
    said("warning", "beware", urn),
    said("error", "it failed\n", stackUrn),
    said("info", "nothing"),
    said("warning", "gone", undefined, true),
  );
  expect(diagnostics).toEqual([
    { severity: "warning", resource: "it", message: "beware" },
    { severity: "error", message: "it failed" },
  ]);
});

test("a message does not control the terminal that shows it", () => {
  const { diagnostics } = runOf(said("error", "a\u001b[2J\u001b]0;title\u0007b\u009b1m\r\n\tc\b\u0000", stackUrn));
  expect(diagnostics).toEqual([{ severity: "error", message: "ab\n\tc" }]);
});

test("a policy's complaint is told once, with its level", () => {
  const urn = urnOf(configMap, "it");
  const { violations } = runOf(
    complained("kept", "mandatory", "keep it\n", urn),
    complained("kept", "mandatory", "keep it\n", urn),
    complained("advised", "advisory", "better not"),
  );
  expect(violations).toEqual([
    { policy: "kept", level: "mandatory", resource: "it", message: "keep it" },
    { policy: "advised", level: "advisory", message: "better not" },
  ]);
});

describe("a refresh", () => {
  /** Events of a resource in a refresh: the engine says first that it looks, and then what it has found. */
  function refreshed(op: "same" | "update" | "delete", fields: readonly string[] = []) {
    const told = { type: configMap, name: "it", from: { data: { a: "1" } }, to: { data: { a: "2" } } };
    const [looks] = resource({ ...told, ops: ["refresh"] });
    const [finds] = resource({ ...told, ops: [op], fields });
    return [looks!, { ...looks!, resourcePreEvent: undefined, resOutputsEvent: finds!.resourcePreEvent! }];
  }
  const change = (...of: Parameters<typeof refreshed>) => found("it", ...demo(steps), ...refreshed(...of));

  test("knows by the outputs that a resource is as it was", () =>
    expect(change("same")).toMatchObject({ operation: "same", fields: [] }));

  test("knows what a resource was, what it is, and which fields differ", () =>
    expect(change("update", ["data.a"])).toMatchObject({
      ...{ operation: "update", fields: [{ path: "data.a", replaces: false }] },
      ...{ before: { inputs: { data: { a: "1" } } }, after: { inputs: { data: { a: "2" } } } },
    }));

  test("knows a resource that is gone by what it was", () => {
    const gone = change("delete");
    expect(gone).toMatchObject({ operation: "delete", before: { outputs: { data: { a: "1" } } } });
    expect(gone?.after).toBeUndefined();
  });

  test("that has not come back knows of no difference", () =>
    expect(found("it", ...demo(steps), refreshed("update", ["data.a"])[0]!)).toMatchObject({
      ...{ operation: "same", fields: [] },
    }));

  test("leaves the outputs of a preview's step as they are", () => {
    const [before] = resource({ type: configMap, name: "it", ops: ["update"], fields: ["data.a"] });
    const [after] = resource({ type: configMap, name: "it", ops: ["same"] });
    const outputs = { ...after!, resourcePreEvent: undefined, resOutputsEvent: after!.resourcePreEvent! };
    expect(found("it", before!, outputs)?.operation).toBe("update");
  });
});
