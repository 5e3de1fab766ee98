import * as pulumi from "@pulumi/pulumi";
import { errorOf } from "./settled";

/** Description of a step for readers of the runbook. */
export interface StepDescription {
  /** Heading in the runbook. */
  readonly title: string;
  /** Proof that the step worked. Default: its resources are ready. */
  readonly verify?: string;
  /** Action that reverts the step. Default: none is needed. */
  readonly revert?: string;
  /** State that remains after the step until another one is done. Default: none. */
  readonly leaves?: { readonly what: string; readonly until: string };
  /** Names of the steps that this one follows. Default: the step declared before it. */
  readonly after?: readonly string[];
}

/** Step in the runbook's output. */
export interface StepRecord extends StepDescription {
  readonly name: string;
  readonly after: readonly string[];
}

interface NamedResource {
  readonly name: string;
  readonly resource: pulumi.CustomResource;
}

/**
 * Step of a runbook. Its resources wait for the steps before it, except for those that can be prepared (`isPrepared`).
 */
export class Step extends pulumi.ComponentResource {
  /** Resources that do the work of the step. The steps after it skip a step without any. */
  private readonly resources: NamedResource[] = [];
  /** Resources that are created ahead of the step. */
  private readonly prepared: NamedResource[] = [];

  constructor(
    private readonly label: string,
    name: string,
    private readonly predecessors: readonly Step[],
    private readonly first: Step | undefined,
    private readonly onFailure: pulumi.ErrorHook | undefined,
    opts: pulumi.ComponentResourceOptions,
  ) {
    // The step itself is passed to the transformation before `this` exists, when `isInstance` does not work yet.
    const order: pulumi.ResourceTransformation = (args) =>
      args.resource instanceof pulumi.CustomResource ? this.order(args.resource, args) : undefined;
    super("runsheet:index:Step", name, {}, { ...opts, transformations: [order] });
    this.registerOutputs({});
  }

  /** Reports how far the step got, after everything that could be done was done. */
  async progress(): Promise<StepProgress> {
    const causes = await Promise.all(this.resources.map(({ resource }) => causeOfAbsence(resource)));
    const missing = causes.filter((cause) => cause !== undefined);
    // The parts of a workload share one name.
    const names = new Set([...this.prepared, ...this.resources].map(({ name }) => name));
    const failed = [...names].filter((name) => missing.includes(name));
    if (missing.length === 0) return { step: this.label, state: "done", failed };
    const tried = failed.length > 0 || missing.length < causes.length;
    return { step: this.label, state: tried ? "stopped" : "waiting", failed };
  }

  /** Lists the steps to wait for: the nearest ones before it that have resources. */
  private gates(): Step[] {
    return [...new Set(this.predecessors.flatMap((step) => (step.resources.length > 0 ? [step] : step.gates())))];
  }

  /**
   * Makes a descendant wait. A component's `dependsOn` is not inherited by its children, so each child gets it.
   *
   * A transformation is inherited through nested components. Unlike a transform it runs in this process, which keeps a
   * preview of many resources fast and works in unit tests.
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
 * Tells whether a resource has no effect before the step uses it: a generated value, or an immutable ConfigMap such as
 * a program's files. It waits for the runbook's first step only, so that its own step does not wait for it.
 */
export const isPrepared = (type: string, props: { readonly immutable?: unknown }): boolean =>
  type.startsWith("random:") || (type === "kubernetes:core/v1:ConfigMap" && props.immutable === true);

/** Progress of a step. */
export interface StepProgress {
  readonly step: string;
  /** `stopped`: part of it was created or tried; `waiting`: none of it was tried. */
  readonly state: "done" | "stopped" | "waiting";
  /** Failed resources of the step. */
  readonly failed: readonly string[];
  readonly leaves?: StepDescription["leaves"];
}

/** Returns the name of the failed resource, be it this one or a dependency. Undefined if this one was created. */
async function causeOfAbsence(resource: pulumi.CustomResource): Promise<string | undefined> {
  const error = await errorOf(resource);
  return error === undefined ? undefined : (failedResource(error) ?? String(error));
}

/**
 * Returns the resource that an SDK error names: it failed itself, or could not be registered after a dependency failed.
 */
export function failedResource(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : String(error);
  return /resource (\S+) \[\S+\] failed to register$/.exec(message)?.[1];
}

/** Person or team to ask, in the order in which they are asked. */
export interface Contact {
  /** Role in the runbook's words: "On-call engineer". */
  readonly role: string;
  /** Default: whoever has the role. */
  readonly name?: string;
  /** Way to reach them: an e-mail address, a telephone number, a channel. */
  readonly reach: string;
  /** Minutes without an answer after which the next one is asked. Default: the runbook names none. */
  readonly minutes?: number;
}

export interface RunbookArgs {
  /** Title of the runbook. */
  readonly title: string;
  /** People to ask, first the nearest one. Default: none. */
  readonly contacts?: readonly Contact[];
  /** Hook for a failure in any step. Default: none. */
  readonly onFailure?: pulumi.ErrorHook;
  /** Dependencies of all steps after the first. Default: none. */
  readonly othersAfter?: pulumi.ResourceOptions["dependsOn"];
}

/**
 * Runbook of a system: named steps in order. A step's resources are created when every resource of the steps before it
 * is ready. When a step fails, no later step starts.
 */
export class Runbook extends pulumi.ComponentResource {
  /** Steps as declared, for rendering the runbook. */
  readonly steps: pulumi.Output<StepRecord[]>;
  private readonly declared = new Map<string, Step>();
  private readonly records: StepRecord[] = [];

  constructor(
    private readonly system: string,
    private readonly args: RunbookArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:Runbook", system, {}, opts);
    // All steps are declared before control returns to the event loop, so they are read after that.
    this.steps = pulumi.output(Promise.resolve().then(() => this.records));
    const { title, contacts = [] } = args;
    this.registerOutputs({ title, steps: this.steps, ...(contacts.length > 0 && { contacts }) });
  }

  /**
   * Declares a step. Resources that `fill` creates with the step as their parent belong to it.
   * @throws Error if the name is taken, or `after` names a step that is not declared before this one
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

  /** Reports how far each step got, after everything that could be done was done. */
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
