/** Preview in the words of the runbooks: the shape that every format shows, and that `--format json` prints. */

/**
 * Change of a resource. `run` and `run again` are those of a Job: a task of the runbook. `renew`: an identifier that makes
 * tasks due. `release`: it leaves the stack and stays where it is.
 */
export type Verb = "add" | "change" | "replace" | "delete" | "release" | "import" | "run" | "run again" | "renew";

/** Change of one resource. */
export interface ToldChange {
  readonly verb: Verb;
  /** Kind without its group, such as Deployment. */
  readonly kind: string;
  readonly name: string;
  readonly urn: string;
  /** Fields that differ, without their values. */
  readonly fields: readonly string[];
}

/** Change that takes data or a password with it. */
export interface Danger extends ToldChange {
  readonly system?: string;
  readonly step?: string;
  /** Loss, as a sentence without its end. */
  readonly loss: string;
}

/** Step of a runbook in which something changes. */
export interface ToldStep {
  readonly name: string;
  /** Heading in the runbook. */
  readonly title: string;
  /** Reasons for which it runs again. */
  readonly why: readonly string[];
  readonly changes: readonly ToldChange[];
}

/** Maintenance mode that the change asks for. */
export interface MaintenanceAsked {
  /** Step that turns it on. Undefined if the change needs none. */
  readonly from?: string;
  /** Step that turns it off. */
  readonly until?: string;
  /** Length of the last one, in minutes. Undefined if it is unknown. */
  readonly minutes?: number;
  /** True if it is on already: the last `up` stopped before the step that turns it off. Default: false. */
  readonly isOn?: boolean;
}

/** Way back from the change. */
export interface WayBack {
  readonly possible: boolean;
  /** Commands and conditions, or the reason why there is no way back. */
  readonly how: readonly string[];
}

/** System in which something changes. */
export interface ToldSystem {
  readonly name: string;
  readonly title: string;
  /** Changes of its configuration for which steps run again. */
  readonly why: readonly string[];
  /** In the runbook's order. */
  readonly steps: readonly ToldStep[];
  /** Changes that belong to no step. */
  readonly others: readonly ToldChange[];
  readonly maintenance: MaintenanceAsked;
  readonly wayBack: WayBack;
}

/** Part of the stack that is no system, such as the platform. */
export interface ToldComponent {
  readonly name: string;
  readonly changes: readonly ToldChange[];
}

export interface ToldPolicy {
  readonly policy: string;
  readonly level: "advisory" | "mandatory";
  readonly resource?: string;
  readonly message: string;
}

/** Message of the program, of a provider or of the engine. */
export interface ToldMessage {
  /** Names of the resources that it is about. Empty for the program. */
  readonly resources: readonly string[];
  readonly message: string;
}

/** Finding in a migration's file. */
export interface Finding {
  /** Path in the project. */
  readonly file: string;
  /** From 1. Undefined if it is about the whole file. */
  readonly line?: number;
  readonly level: "warning" | "error";
  readonly rule: string;
  readonly message: string;
}

/** The whole preview. */
export interface Told {
  /** Version of this shape. */
  readonly version: 1;
  readonly stack: string;
  readonly result: "no changes" | "changes" | "failed";
  /** Numbers of changed resources, by verb. Those without any are absent. */
  readonly counts: Readonly<Partial<Record<Verb, number>>>;
  readonly dangers: readonly Danger[];
  readonly systems: readonly ToldSystem[];
  readonly components: readonly ToldComponent[];
  readonly policies: readonly ToldPolicy[];
  readonly errors: readonly ToldMessage[];
  readonly warnings: readonly ToldMessage[];
  /** Findings in the migrations that differ from the base. Undefined if no base was named. */
  readonly migrations?: readonly Finding[];
}
