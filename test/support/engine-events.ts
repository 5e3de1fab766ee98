/** Events as the engine sends them in a preview, of a small stack with the system demo. */
import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";

type Properties = Readonly<Record<string, unknown>>;

export interface Told {
  readonly type: string;
  readonly name: string;
  /** URN of its parent. Default: the stack. */
  readonly parent?: string;
  /** The engine's steps. Default: same. */
  readonly ops?: readonly OpType[];
  /** Inputs before and after. Default: {}. */
  readonly from?: Properties;
  readonly to?: Properties;
  /** Outputs before. Default: `from`. */
  readonly outputs?: Properties;
  /** Paths that differ. Those of a replacement replace. Default: none. */
  readonly fields?: readonly string[];
  readonly retainOnDelete?: boolean;
}

/** URN as the engine makes it, without the parents' types. */
export const urnOf = (type: string, name: string) => `urn:pulumi:test::runsheet::${type}::${name}`;

export const stackUrn = urnOf("pulumi:pulumi:Stack", "runsheet-test");
let sequence = 0;

const event = (content: Partial<EngineEvent>): EngineEvent => ({ sequence: sequence++, timestamp: 0, ...content });

/** Events of a resource. */
export function resource(told: Told): EngineEvent[] {
  const { type, name, parent = stackUrn, ops = ["same"], from = {}, to = {}, outputs = from, fields = [] } = told;
  const urn = urnOf(type, name);
  const custom = !type.startsWith("runsheet:");
  const common = { type, urn, custom, id: "", parent, provider: "", retainOnDelete: told.retainOnDelete };
  return ops.map((op) => {
    const replaces = op.includes("replace");
    const old = op === "create" ? undefined : { ...common, inputs: from, outputs };
    const next = op.startsWith("delete") ? undefined : { ...common, inputs: to, outputs: {} };
    const diffKind = replaces ? "update-replace" : "update";
    const detailedDiff = Object.fromEntries(fields.map((path) => [path, { diffKind, inputDiff: false }]));
    const metadata = { op, urn, type, provider: "", old, new: next, diffs: [...fields], detailedDiff };
    return event({ resourcePreEvent: { metadata, planning: true } } as Partial<EngineEvent>);
  });
}

/** Outputs that a component registers. */
export function registered({ type, name, parent = stackUrn }: Told, outputs: Properties): EngineEvent {
  const urn = urnOf(type, name);
  const state = { type, urn, id: "", parent, provider: "", inputs: {} };
  const metadata = { op: "same", urn, type, provider: "", old: { ...state, outputs: {} }, new: { ...state, outputs } };
  return event({ resOutputsEvent: { metadata, planning: true } } as Partial<EngineEvent>);
}

/** Message. */
export const said = (severity: "warning" | "error" | "info", message: string, urn?: string, ephemeral = false) =>
  event({ diagnosticEvent: { severity, message, urn, ephemeral, color: "never" } });

/** Complaint of a policy. */
export const complained = (policyName: string, level: string, message: string, resourceUrn?: string) =>
  event({
    policyEvent: { policyName, enforcementLevel: level, message, resourceUrn, color: "never" },
  } as Partial<EngineEvent>);

const system = { type: "runsheet:index:Demo", name: "demo" };
const runbook = { type: "runsheet:index:Runbook", name: "demo", parent: urnOf(system.type, system.name) };

/** URN of a step of demo. */
export const stepUrn = (step: string) => urnOf("runsheet:index:Step", `demo-${step}`);

/** The stack, and the system demo with these steps. */
export const demo = (steps: readonly { readonly name: string; readonly title: string }[]): EngineEvent[] => [
  ...resource({ type: "pulumi:pulumi:Stack", name: "runsheet-test", parent: "" }),
  ...resource(system),
  ...resource(runbook),
  ...steps.flatMap(({ name }) =>
    resource({ type: "runsheet:index:Step", name: `demo-${name}`, parent: urnOf(runbook.type, runbook.name) }),
  ),
  registered(runbook, { title: "Demo Runbook", steps: steps.map((step) => ({ after: [], ...step })) }),
];
