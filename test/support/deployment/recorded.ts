/** Recorded runs of the small systems, and the place in which they happen again. */
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Course } from "../../../deployments/course";
import type { Deployment } from "../../../deployments/deployment";
import { Place } from "../../../deployments/place";
import { usualOf } from "../../../deployments/usual";
import type { Resource } from "../../../runbook/source/graph";

const directory = join(__dirname, "..", "..", "fixtures", "deployment");

export const runs = ["first", "release", "failed", "same"] as const;
export type RecordedRun = (typeof runs)[number];

const befores: Readonly<Record<RecordedRun, string | undefined>> = {
  first: undefined,
  ...{ release: "after-first", failed: "after-release", same: "after-mended" },
};

/** Events of a run, from the first to the last. */
export const eventsOf = (run: RecordedRun): EngineEvent[] => linesOf<EngineEvent>(run);

const linesOf = <Line>(name: string): Line[] =>
  readFileSync(join(directory, `${name}.jsonl`), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

/** Resources that the stack had before a run. */
export function beforeOf(run: RecordedRun): Resource[] {
  const name = befores[run];
  return name === undefined ? [] : linesOf<Resource>(name);
}

/** Number of events up to the first about a resource: `begins` until it begins, else until it has ended. */
export function upTo(events: readonly EngineEvent[], name: string, what: "begins" | "ends"): number {
  const index = events.findIndex(({ resourcePreEvent, resOutputsEvent, resOpFailedEvent }) => {
    const told = what === "begins" ? resourcePreEvent : (resOutputsEvent ?? resOpFailedEvent);
    return told && isOf(told.metadata, name) && told.metadata.op !== "same";
  });
  if (index < 0) throw new Error(`no event of ${name}`);
  return index + 1;
}

/** A step has the name of its task. */
const isOf = ({ urn, type }: StepEventMetadata, name: string) =>
  urn.endsWith(`::${name}`) && !type.startsWith("runsheet:");

/** Course of a run after some of its events. Default: all. */
export function courseOf(run: RecordedRun, events: readonly EngineEvent[] = eventsOf(run)): Course {
  const graph = beforeOf(run);
  const course = new Course({ graph, usual: usualOf([], graph) });
  course.take(events);
  return course;
}

/** State of a run after some of its events, at the time of the last one. */
export function deploymentOf(run: RecordedRun, count?: number): Deployment {
  const events = eventsOf(run).slice(0, count);
  return courseOf(run, events).deployment(1000 * events.at(-1)!.timestamp);
}

/** Place of a stack in a temporary directory, whose log the test writes. */
export class RecordedPlace extends Place {
  constructor() {
    super("test", join(mkdtempSync(join(tmpdir(), "runsheet-place-")), "reports"));
    this.prepare();
  }

  /** Writes events, as the engine does. */
  tell(...events: readonly EngineEvent[]): void {
    appendFileSync(this.log, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  }

  remove(): void {
    rmSync(join(this.reports, ".."), { recursive: true });
  }
}
