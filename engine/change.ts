/** Resources of an engine's run, each with what happens to it and the step of a runbook that it belongs to. */
import type { StepRecord } from "../components/runbook";

/** Operation on a resource. `release`: it leaves the stack, and stays where it is. */
export type Operation = "same" | "create" | "update" | "replace" | "delete" | "release" | "import" | "read";

/** Field of a resource that differs, as a path such as `spec.replicas`, in the form of its kind. */
export interface Field {
  readonly path: string;
  /** True if the resource is replaced because of it. */
  readonly replaces: boolean;
}

/** Inputs and outputs of a resource. A secret is an object with the engine's mark in the place of its value. */
export interface State {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Resource, and what happens to it. */
export interface Change {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Component directly under the stack. Undefined for what has no component, such as a provider. */
  readonly component?: string;
  /** System whose component that is. Undefined for what belongs to none. */
  readonly system?: string;
  /** Name of the step in the system's runbook. Undefined for what belongs to none. */
  readonly step?: string;
  readonly operation: Operation;
  /** Fields that differ, of an update or a replacement. */
  readonly fields: readonly Field[];
  /** True if a provider manages it. A component is only a name for what is under it. */
  readonly custom: boolean;
  /** Undefined if it is new. */
  readonly before?: State;
  /** Undefined if it is deleted. */
  readonly after?: State;
}

/** Runbook of a system, as its component registered it. */
export interface RunbookRecord {
  readonly system: string;
  readonly title: string;
  /** In the runbook's order. */
  readonly steps: readonly StepRecord[];
}

/** Message of the engine, of a provider or of the program. */
export interface Diagnostic {
  readonly severity: "warning" | "error";
  /** Name of the resource that it is about. Undefined for the stack and the program. */
  readonly resource?: string;
  readonly message: string;
}

/** Complaint of a policy. */
export interface Violation {
  readonly policy: string;
  readonly level: "advisory" | "mandatory";
  /** Name of the resource. Undefined if the complaint is about the stack. */
  readonly resource?: string;
  readonly message: string;
}

/** Everything that the engine has told of a run. */
export interface Run {
  /** Resources in the order in which the engine came to them, also unchanged ones. */
  readonly resources: readonly Change[];
  /** Runbooks in the order of their registration. */
  readonly runbooks: readonly RunbookRecord[];
  readonly diagnostics: readonly Diagnostic[];
  readonly violations: readonly Violation[];
}

/** Name at the end of a URN. */
export const nameIn = (urn: string): string => urn.split("::").slice(3).join("::");
