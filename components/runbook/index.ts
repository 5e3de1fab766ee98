import * as pulumi from "@pulumi/pulumi";
import { errorOf } from "./settled";

/** What a reader of the runbook wants to know about a step. */
export interface StepDescription {
  /** The runbook's own heading. */
  readonly title: string;
  /** What shows that the step worked. Default: its resources being ready. */
  readonly verify?: string;
  /** What takes the step back. Default: nothing has to be taken back. */
  readonly revert?: string;
  /** What stays as it is after the step, until another one is done. Default: nothing that people have to know of. */
  readonly leaves?: { readonly what: string; readonly until: string };
  /** Names of the steps that this one follows. Default: the step declared before it. */
  readonly after?: readonly string[];
}

/** One step as the runbook's output lists it. */
export interface StepRecord extends StepDescription {
  readonly name: string;
  readonly after: readonly string[];
}

interface NamedResource {
  readonly name: string;
  readonly resource: pulumi.CustomResource;
}

/** A step: everything created under it waits for the steps before it, but what can be prepared (`isPrepared`). */
export class Step extends pulumi.ComponentResource {
  /** What the step does; a step without any is passed over by the steps after it. */
  private readonly resources: NamedResource[] = [];
  /** What is there beforehand. */
  private readonly prepared: NamedResource[] = [];

  constructor(
    private readonly label: string,
    name: string,
    private readonly predecessors: readonly Step[],
    private readonly first: Step | undefined,
    private readonly onFailure: pulumi.ErrorHook | undefined,
    opts: pulumi.ComponentResourceOptions,
  ) {
    // The step itself comes by here as well, before there is a `this`. `isInstance` cannot tell yet what it is.
    const order: pulumi.ResourceTransformation = (args) =>
      args.resource instanceof pulumi.CustomResource ? this.order(args.resource, args) : undefined;
    super("runsheet:index:Step", name, {}, { ...opts, transformations: [order] });
    this.registerOutputs({});
  }

  /** How far it came, once all that could be done was done. */
  async progress(): Promise<StepProgress> {
    const causes = await Promise.all(this.resources.map(({ resource }) => causeOfAbsence(resource)));
    const missing = causes.filter((cause) => cause !== undefined);
    // A workload's parts have one name.
    const names = new Set([...this.prepared, ...this.resources].map(({ name }) => name));
    const failed = [...names].filter((name) => missing.includes(name));
    if (missing.length === 0) return { step: this.label, state: "done", failed };
    const tried = failed.length > 0 || missing.length < causes.length;
    return { step: this.label, state: tried ? "stopped" : "waiting", failed };
  }

  /** What this step waits for: the nearest steps with resources before it, looking through those that have none. */
  private gates(): Step[] {
    return [...new Set(this.predecessors.flatMap((step) => (step.resources.length > 0 ? [step] : step.gates())))];
  }

  /**
   * Makes a descendant wait. `dependsOn` on a component is not inherited by its children, so each gets it; a
   * transformation is inherited through nested components, and unlike a transform runs in this process, which keeps a
   * preview of many resources fast and works under unit tests.
   */
  private order(
    resource: pulumi.CustomResource,
    { type, name, props, opts }: pulumi.ResourceTransformationArgs,
  ): pulumi.ResourceTransformationResult | undefined {
    const hooks = this.onFailure ? { onError: [this.onFailure] } : undefined;
    const prepared = isPrepared(type, props);
    (prepared ? this.prepared : this.resources).push({ name, resource });
    const dependsOn = prepared ? (this.first ?? []) : this.gates();
    return { props, opts: pulumi.mergeOptions(opts, { dependsOn, hooks }) };
  }
}

/**
 * Whether nobody can notice it before something of its step uses it: a generated value, or an immutable ConfigMap, such as a
 * program's files. It waits for the runbook's first step only, so that its own does not wait for it.
 */
const isPrepared = (type: string, props: { readonly immutable?: unknown }): boolean =>
  type.startsWith("random:") || (type === "kubernetes:core/v1:ConfigMap" && props.immutable === true);

/** How far a step came. */
export interface StepProgress {
  readonly step: string;
  /** `stopped`: some of it is there, or was tried; `waiting`: nothing of it was tried. */
  readonly state: "done" | "stopped" | "waiting";
  /** The resources of the step that failed. */
  readonly failed: readonly string[];
  readonly leaves?: StepDescription["leaves"];
}

/** The resource that failed, if it was this one or one that this one waits for; undefined if this one is there. */
async function causeOfAbsence(resource: pulumi.CustomResource): Promise<string | undefined> {
  const error = await errorOf(resource);
  return error === undefined ? undefined : (failedResource(error) ?? String(error));
}

/** The resource that an error of the SDK's is about: itself failed, or what waited for it could not be registered. */
export function failedResource(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : String(error);
  return /resource (\S+) \[\S+\] failed to register$/.exec(message)?.[1];
}

export interface RunbookArgs {
  /** The runbook's own title. */
  readonly title: string;
  /** Called for what fails in any of the steps. Default: the engine's own report is enough. */
  readonly onFailure?: pulumi.ErrorHook;
  /** What the steps after the first are registered behind. Default: nothing. */
  readonly othersAfter?: pulumi.ResourceOptions["dependsOn"];
}

/**
 * A system's runbook: named steps in order. A step's resources start only when every resource of the steps before it is
 * ready, and when a step fails nothing after it happens.
 */
export class Runbook extends pulumi.ComponentResource {
  /** The steps as declared, for whoever renders the document. */
  readonly steps: pulumi.Output<StepRecord[]>;
  private readonly declared = new Map<string, Step>();
  private readonly records: StepRecord[] = [];

  constructor(
    private readonly system: string,
    private readonly args: RunbookArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:Runbook", system, {}, opts);
    // Steps are declared by whoever made the runbook, before control returns to the event loop: read them after that.
    this.steps = pulumi.output(Promise.resolve().then(() => this.records));
    this.registerOutputs({ title: args.title, steps: this.steps });
  }

  /**
   * Declares a step and fills it: what `fill` creates with the step as its parent belongs to it.
   * @throws Error if the name is taken, or if `after` names a step that is not declared before this one
   */
  step<T>(name: string, description: StepDescription, fill: (step: Step) => T): T {
    if (this.declared.has(name)) throw new Error(`the runbook ${this.system} has two steps named "${name}"`);
    const after = description.after ?? this.records.slice(-1).map((last) => last.name);
    const predecessors = after.map((earlier) => this.find(earlier, name));
    const [first] = this.declared.values();
    const { onFailure, othersAfter } = this.args;
    const opts = { parent: this, dependsOn: first && othersAfter };
    const step = new Step(name, `${this.system}-${name}`, predecessors, first, onFailure, opts);
    this.declared.set(name, step);
    this.records.push({ name, ...description, after });
    return fill(step);
  }

  /** How far each step came, once all that could be done was done. */
  async progress(): Promise<StepProgress[]> {
    const progress = await Promise.all([...this.declared.values()].map((step) => step.progress()));
    return progress.map((step, index) => ({ ...step, leaves: this.records[index]!.leaves }));
  }

  private find(earlier: string, name: string): Step {
    const step = this.declared.get(earlier);
    if (step) return step;
    const known = [...this.declared.keys()].join(", ") || "none";
    throw new Error(
      `step "${name}" of the runbook ${this.system} follows "${earlier}", which is not declared before it; declared: ${known}`,
    );
  }
}
