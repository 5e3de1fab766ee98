/** Facts about a run's resources, collected from the engine's events. */
import type { DiagnosticEvent, EngineEvent, StepEventMetadata, SummaryEvent } from "@pulumi/pulumi/automation";
import { nameIn } from "../engine/change";
import { isStopRequest, plain } from "../engine/events";
import { operationOf } from "../engine/operation";
import type { Properties, Resource } from "../runbook/source/graph";
import type { Failure, Work } from "./deployment";

/** Course of one resource. Times are in milliseconds since 1970. */
export interface ResourceCourse {
  readonly metadata: StepEventMetadata[];
  /** Number of the engine's steps on it that have begun and not ended. */
  open: number;
  failed: boolean;
  began: number;
  ended?: number;
  said?: string;
}

/** Summary as the engine writes it. */
type Summary = SummaryEvent & { readonly isPreview?: boolean; readonly result?: string };

const stackType = "pulumi:pulumi:Stack";
/** Deletions of what a replacement leaves over. The step's work is done by then, unless they come first. */
const cleaning: readonly string[] = ["delete-replaced", "discard-replaced", "remove-pending-replace"];

export class Facts {
  readonly courses = new Map<string, ResourceCourse>();
  readonly failures: (Failure & { readonly urn?: string })[] = [];
  readonly warnings: Failure[] = [];
  /** Resources of the last `up`, and those that the run has come to. */
  readonly resources: Map<string, Resource>;
  isPreview = false;
  /** True once somebody has asked the engine to stop. */
  wasStopped = false;
  began?: number;
  /** Time of the last event. */
  latest?: number;
  ended?: number;
  /** Undefined until the engine has ended, or if it gives none. */
  result?: string;

  /** @param before resources that the stack had before the run */
  constructor(before: readonly Resource[]) {
    this.resources = new Map(before.map((resource) => [resource.urn, resource]));
  }

  /** Takes the next event. */
  readonly take = (event: EngineEvent): void => {
    const at = event.timestamp * 1000;
    this.began ??= at;
    this.latest = at;
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent, summaryEvent, cancelEvent } = event;
    this.wasStopped ||= isStopRequest(event);
    if (resourcePreEvent) {
      this.isPreview ||= resourcePreEvent.planning ?? false;
      this.begin(resourcePreEvent.metadata, at);
    }
    if (resOutputsEvent) this.end(resOutputsEvent.metadata, at);
    if (resOpFailedEvent) this.end(resOpFailedEvent.metadata, at, true);
    if (diagnosticEvent) this.hear(diagnosticEvent);
    if (summaryEvent) {
      const { isPreview, result } = summaryEvent as Summary;
      this.isPreview ||= isPreview ?? false;
      this.result = result ?? "succeeded";
    }
    if (cancelEvent) this.ended = at;
  };

  /** Returns the work of the run on a resource. Undefined if there is none. */
  workOn({ urn, type, name }: Resource): Work | undefined {
    const course = this.courses.get(urn);
    if (!course) return undefined;
    const { metadata, open, failed, began, ended, said } = course;
    const operation = operationOf(metadata);
    if ((operation === "same" || operation === "read") && !failed && open === 0) return undefined;
    return {
      ...{ urn, kind: type.split(":").at(-1)!, name, operation, began, failed },
      ...(open === 0 && { ended }),
      ...(said !== undefined && { said }),
    };
  }

  private begin(metadata: StepEventMetadata, at: number): void {
    const { urn, type, new: next, old } = metadata;
    const state = next ?? old;
    // The end of one that is replaced says nothing of the one in its place.
    if (next || !this.resources.has(urn))
      this.resources.set(urn, {
        ...{ urn, type, name: nameIn(urn), inputs: (state?.inputs ?? {}) as Properties },
        ...(state?.parent && { parent: state.parent }),
        outputs: (old?.outputs ?? this.resources.get(urn)?.outputs ?? {}) as Properties,
      });
    const course = this.courses.get(urn);
    if (!course) this.courses.set(urn, { metadata: [metadata], open: 1, failed: false, began: at });
    else if (!cleaning.includes(metadata.op)) {
      course.metadata.push(metadata);
      course.open++;
    }
  }

  private end(metadata: StepEventMetadata, at: number, failed = false): void {
    const { urn, new: next } = metadata;
    const resource = this.resources.get(urn);
    const outputs = (next?.outputs ?? {}) as Properties;
    if (resource && Object.keys(outputs).length > 0) this.resources.set(urn, { ...resource, outputs });
    const course = this.courses.get(urn);
    if (!course) return;
    if (failed) course.failed = true;
    // A component ends a second time when it registers its outputs.
    if (course.open === 0) return;
    course.open--;
    course.ended = at;
  }

  private hear({ severity, urn, message, ephemeral }: DiagnosticEvent): void {
    const text = plain(message);
    if (text === "") return;
    const course = urn === undefined ? undefined : this.courses.get(urn);
    if (severity === "info" && course) course.said = text;
    if (ephemeral) return;
    const about = urn === undefined || urn.includes(`::${stackType}::`) ? {} : { resource: nameIn(urn) };
    const list = severity === "error" ? this.failures : severity === "warning" ? this.warnings : undefined;
    // The engine repeats some messages.
    if (list?.every((other) => other.message !== text || other.resource !== about.resource))
      list.push({ ...about, message: text, ...(severity === "error" && urn !== undefined && { urn }) });
  }
}
