/** Course of an `up`: where its time goes. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { openStack } from "../engine/stack";
import type { Measured } from "./compared";
import type { ProjectCopy } from "./copy";
import { kubectl } from "./execute";

/** Part of a run, in seconds since 1970. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Runs an `up` of a copy on the lab's stack. Its parts overlap nowhere and are all of it; the work of the Jobs' containers
 * is apart. Throws if it fails.
 */
export async function up(copy: ProjectCopy): Promise<Measured> {
  const changes = new Changes();
  const stack = await openStack("local", {}, copy.directory);
  const from = now();
  await stack.up({ onEvent: changes.take });
  const to = now();
  const containers = changes.jobs.flatMap(({ namespace, name }) => workOf(namespace, name));
  const [jobs, others] = [changes.spans(true), changes.spans(false)];
  const began = Math.min(to, ...[...jobs, ...others].map((span) => span.from));
  const checks = union(containers);
  const withJobs = union([...containers, ...jobs]);
  const withChanges = union([...containers, ...jobs, ...others]);
  return {
    seconds: to - from,
    apart: checks,
    parts: {
      "before the first change": began - from,
      "containers of Jobs": checks,
      "Jobs around them": withJobs - checks,
      "other changes": withChanges - withJobs,
      "between changes": to - began - withChanges,
    },
  };
}

/** Changes of a run, as the engine tells them. */
class Changes {
  private readonly begun = new Map<string, number>();
  private readonly done: (Span & { readonly isJob: boolean })[] = [];
  readonly jobs: { readonly namespace: string; readonly name: string }[] = [];

  readonly take = ({ resourcePreEvent, resOutputsEvent }: EngineEvent): void => {
    const at = now();
    const begins = resourcePreEvent?.metadata;
    if (begins && begins.op !== "same" && !begins.type.startsWith("runsheet:")) this.begun.set(keyOf(begins), at);
    const ends = resOutputsEvent?.metadata;
    const from = ends && this.begun.get(keyOf(ends));
    if (from === undefined) return;
    const isJob = ends!.type === "kubernetes:batch/v1:Job" && !ends!.op.startsWith("delete");
    this.done.push({ from, to: at, isJob });
    const made = isJob ? (ends!.new?.outputs.metadata as (typeof this.jobs)[number] | undefined) : undefined;
    // The step that replaces a Job has none: its creation is a step of its own.
    if (made) this.jobs.push(made);
  };

  spans(ofJobs: boolean): Span[] {
    return this.done.filter(({ isJob }) => isJob === ofJobs);
  }
}

const keyOf = ({ urn, op }: { readonly urn: string; readonly op: string }) => `${op} ${urn}`;

const now = () => Date.now() / 1000;

/** Times at which the containers of a Job ran, those that prepare its work among them. */
function workOf(namespace: string, job: string): Span[] {
  const state = ".state.terminated";
  const each = `{${state}.startedAt} {${state}.finishedAt}{"\\n"}`;
  const template = ["initContainerStatuses", "containerStatuses"]
    .map((statuses) => `{range .items[*].status.${statuses}[*]}${each}{end}`)
    .join("");
  const lines = kubectl("get", "pods", "-n", namespace, "-l", `job-name=${job}`, "-o", `jsonpath=${template}`);
  return lines.split("\n").flatMap((line) => {
    const [from, to] = line.split(" ").map((time) => Date.parse(time) / 1000);
    return from && to ? [{ from, to }] : [];
  });
}

/** Seconds that are in at least one of the spans. */
function union(spans: readonly Span[]): number {
  let covered = 0;
  let end = -Infinity;
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    covered += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return covered;
}
