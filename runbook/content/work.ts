/** Work of a step: its tasks with their commands, scripts and checks, its schedules, and what else it makes. */
import type { Resource } from "../source/graph";
import { code, folded, list, listed, text, verbatim, type Block, type Language } from "./block";
import { checkLines } from "./checks";
import { jobTook } from "./durations";
import { podOf, type Container } from "./pods";
import { scriptsOf, type Script } from "./scripts";

/** Stack in which the work is done. */
export interface Place {
  readonly graph: readonly Resource[];
  readonly namespace: string;
  /** Name of the task in which a script was shown before, by the script's text. The same script is shown once. */
  readonly shown: Map<string, string>;
}

interface JobSpec {
  readonly template?: { readonly spec?: unknown };
}

interface CronJobSpec {
  readonly schedule?: string;
  readonly timeZone?: string;
  readonly suspend?: boolean;
  readonly jobTemplate?: { readonly spec?: JobSpec };
}

export const isTask = ({ type }: Resource): boolean => type === "kubernetes:batch/v1:Job";
const isSchedule = ({ type }: Resource) => type === "kubernetes:batch/v1:CronJob";

/** Describes what the resources of a step do. Empty for a step without any. */
export function workOf(resources: readonly Resource[], place: Place): Block[] {
  const made = madeBy(resources);
  return [
    ...resources.filter(isTask).map((job) => task(job, place)),
    ...resources.filter(isSchedule).map((job) => schedule(job, place)),
    ...(made.length > 0 ? [text("It makes:"), list(made)] : []),
  ];
}

function task(job: Resource, place: Place): Block {
  const took = jobTook(job);
  const pod = podOf((job.inputs.spec as JobSpec | undefined)?.template?.spec, place.graph, place.namespace);
  return folded(`Task ${job.name}`, [
    ...(took === undefined ? [] : [text(`It took ${took}.`)]),
    ...pod.containers.flatMap((container) => running(container, pod.files, job.name, place)),
  ]);
}

function schedule(job: Resource, place: Place): Block {
  const { schedule: cron, timeZone = "Etc/UTC", suspend = false, jobTemplate } = (job.inputs.spec ?? {}) as CronJobSpec;
  const pod = podOf(jobTemplate?.spec?.template?.spec, place.graph, place.namespace);
  const suspended = suspend ? " It is suspended." : "";
  return folded(`Schedule ${job.name}`, [
    text(`It runs at ${verbatim(cron ?? "[secret]")}, time zone ${timeZone}.${suspended}`),
    ...pod.containers.flatMap((container) => running(container, pod.files, job.name, place)),
  ]);
}

function running(
  { command, environment }: Container,
  files: Readonly<Record<string, string>>,
  task: string,
  place: Place,
): Block[] {
  const { CHECKS: checks, ROLLOUTS: rollouts } = environment;
  const lines = checks === undefined ? [] : checkLines(checks);
  return [
    ...(command.length > 0
      ? [code("sh", command.map(quoted).join(" "))]
      : [text("It starts the image's own command.")]),
    ...(rollouts === undefined ? [] : [text(`It waits until the rollouts are over: ${rolloutNames(rollouts)}.`)]),
    ...(lines.length > 0 ? [code("text", lines.join("\n"))] : []),
    ...scriptsOf(command, files).flatMap((script) => shownScript(script, task, place)),
  ];
}

const rolloutNames = (rollouts: string) =>
  listed(
    (JSON.parse(rollouts) as readonly { readonly deployment?: string; readonly cluster?: string }[]).map((rollout) =>
      verbatim(rollout.deployment ?? rollout.cluster ?? ""),
    ),
  );

function shownScript({ path, text: content }: Script, task: string, { shown }: Place): Block[] {
  const before = shown.get(content);
  if (before !== undefined) return [text(`${verbatim(path)} is shown under ${verbatim(before)}.`)];
  shown.set(content, task);
  return [text(`${verbatim(path)}:`), code(languageOf(path), content.trimEnd())];
}

const languageOf = (path: string): Language => (path.endsWith(".sql") ? "sql" : path.endsWith(".sh") ? "sh" : "text");

/** An argument as a shell takes it. */
const quoted = (argument: string) =>
  /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;

/** List entries of what a step makes beside tasks and schedules, by kind. */
function madeBy(resources: readonly Resource[]): string[] {
  const others = resources.filter((resource) => !isTask(resource) && !isSchedule(resource) && !isInternal(resource));
  const kinds = [...new Set(others.map(kindOf))];
  return kinds.map((kind) => {
    const names = others.filter((resource) => kindOf(resource) === kind).map(described);
    return `${kind} ${listed(names)}`;
  });
}

/** True for values and files that only tasks and workloads use. */
function isInternal({ type, name, inputs }: Resource): boolean {
  if (type.startsWith("random:")) return true;
  return type === "kubernetes:core/v1:ConfigMap" && (inputs.immutable === true || name.endsWith("-project"));
}

const kindOf = ({ type }: Resource) => type.split(":").at(-1)!;

function described({ name, inputs }: Resource): string {
  const { replicas, instances } = (inputs.spec ?? {}) as { readonly replicas?: number; readonly instances?: number };
  const count = replicas ?? instances;
  return `${verbatim(name)}${count === undefined ? "" : ` (${count} ${count === 1 ? "pod" : "pods"})`}`;
}
