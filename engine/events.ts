/** Reader of the engine's events. */
import { stripVTControlCharacters } from "node:util";
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { nameIn, type Change, type Diagnostic, type Run, type State, type Violation } from "./change";
import { operationOf, fieldsOf } from "./operation";
import { Ownership } from "./ownership";

/** Events of one resource. */
type Steps = StepEventMetadata[];

/** Type of the stack itself. */
const stackType = "pulumi:pulumi:Stack";

/** True if Pulumi says that it was asked to stop, and stops in order. The engine has no event for it but its own words. */
export const isStopRequest = ({ stdoutEvent }: EngineEvent) =>
  /^(\^C|SIGTERM) received; /.test(stdoutEvent?.message ?? "");

/** Collects the events of a run. */
export class Events {
  private readonly steps = new Map<string, Steps>();
  /** Last outputs of each component that it has registered in this run. */
  private readonly outputs = new Map<string, State["outputs"]>();
  private readonly diagnostics: Diagnostic[] = [];
  private readonly violations: Violation[] = [];

  /** Takes an event. Those that say nothing of a resource, a message or a policy are left out. */
  readonly take = (event: EngineEvent): void => {
    const { resourcePreEvent, resOutputsEvent, diagnosticEvent, policyEvent } = event;
    if (resourcePreEvent) this.takeStep(resourcePreEvent.metadata);
    if (resOutputsEvent) this.takeOutputs(resOutputsEvent.metadata);
    if (diagnosticEvent && !diagnosticEvent.ephemeral) {
      const { severity, urn, message } = diagnosticEvent;
      if (severity === "warning" || severity === "error")
        this.say({ severity, ...about(urn), message: plain(message) });
    }
    if (policyEvent) {
      const { policyName, enforcementLevel, resourceUrn, message } = policyEvent;
      const level = enforcementLevel === "mandatory" ? "mandatory" : "advisory";
      const found = { policy: policyName, level, ...about(resourceUrn), message: plain(message) } as const;
      if (!this.violations.some((other) => isSame(other, found))) this.violations.push(found);
    }
  };

  /** Returns what the events have told. */
  run(): Run {
    const ownership = new Ownership([...this.steps.values()].map(latest), this.outputs);
    const resources = [...this.steps.values()]
      .filter((steps) => latest(steps).type !== stackType)
      .map((steps): Change => {
        const { urn, type } = latest(steps);
        const old = steps.map((step) => step.old).find(Boolean);
        const next = steps.map((step) => step.new).find(Boolean);
        const operation = operationOf(steps);
        return {
          ...{ urn, type, name: nameIn(urn), ...ownership.of(urn), operation },
          fields: operation === "update" || operation === "replace" ? fieldsOf(steps) : [],
          custom: (next ?? old)?.custom ?? false,
          ...(old && { before: stateOf(old) }),
          ...(next && operation !== "delete" && operation !== "release" && { after: stateOf(next) }),
        };
      });
    const { runbooks } = ownership;
    return { resources, runbooks, diagnostics: this.diagnostics, violations: this.violations };
  }

  private takeStep(metadata: StepEventMetadata): void {
    const steps = this.steps.get(metadata.urn);
    if (steps) steps.push(metadata);
    else this.steps.set(metadata.urn, [metadata]);
  }

  private takeOutputs(metadata: StepEventMetadata): void {
    const { urn, new: next } = metadata;
    // A refresh knows only now what it has found.
    if (this.steps.get(urn)?.at(-1)?.op === "refresh") this.steps.set(urn, [metadata]);
    const outputs = (next?.outputs ?? {}) as State["outputs"];
    if (!next?.custom && Object.keys(outputs).length > 0) this.outputs.set(urn, outputs);
  }

  /** The engine repeats some messages. */
  private say(diagnostic: Diagnostic): void {
    if (diagnostic.message !== "" && !this.diagnostics.some((other) => isSame(other, diagnostic)))
      this.diagnostics.push(diagnostic);
  }
}

/** The stack itself is no resource that anybody looks for. */
const about = (urn: string | undefined) =>
  urn === undefined || urn === "" || urn.includes(`::${stackType}::`) ? {} : { resource: nameIn(urn) };

const isSame = (one: object, other: object) => JSON.stringify(one) === JSON.stringify(other);

const latest = (steps: Steps): StepEventMetadata => steps.at(-1)!;

const stateOf = ({ inputs, outputs }: NonNullable<StepEventMetadata["old"]>): State => ({
  inputs: (inputs ?? {}) as State["inputs"],
  outputs: (outputs ?? {}) as State["outputs"],
});

/** Removes the engine's marks of colours, the spaces around, and what would control the terminal that shows the text. */
export function plain(message: string): string {
  const withoutColors = stripVTControlCharacters(message.replaceAll(/<\{%[^%]*%\}>/g, ""));
  return withoutColors.replaceAll(/(?![\n\t])\p{Cc}/gu, "").trim();
}
