/** Entry of a step, in HTML: its state and times, what it works on, its errors, and the logs of its tasks. */
import { escaped } from "../../drawing/html";
import { durationOf } from "../../runbook/content/durations";
import type { RunningTask, Step, StepState, Work } from "../deployment";
import { operationWord, stateWords } from "../words";
import { code, failureOf, wayOutOf } from "./failure";
import { part, type Part } from "./part";

/** Log of each running task, by its Job's name. */
export type Logs = ReadonlyMap<string, string>;

const marks: Readonly<Record<StepState, string>> = {
  ...{ waiting: "○", running: "◐", done: "✓", unchanged: "–", empty: "–", failed: "✗", left: "○", broken: "!" },
};

/** Entry of a step in the list of its system. */
export function stepPart(system: string, step: Step, tasks: readonly RunningTask[], logs: Logs): Part {
  const id = `step-${system}-${step.name}`;
  const own = tasks.filter((task) => task.system === system && task.step === step.name);
  const entry = (shown: Logs) => `<li id="${id}" class="step ${step.state}">\n${content(id, step, own, shown)}\n</li>`;
  // A log is a part of its own: a new line in it is no new state of the step.
  return { id, key: entry(new Map()), html: entry(logs) };
}

/** Logs of running tasks. */
export const logParts = (tasks: readonly RunningTask[], logs: Logs): Part[] =>
  tasks.map((task) => part(logId(task), logOf(task, logs)));

/** Duration, which runs on in the page if there is no end. Times are in milliseconds since 1970. */
export const clock = (began: number, ended: number | undefined): string =>
  ended === undefined ? `<span data-since="${began}"></span>` : durationOf(ended - began);

function content(id: string, step: Step, tasks: readonly RunningTask[], logs: Logs): string {
  const { state, failures, wayOut } = step;
  const hasErrors = state === "failed" || state === "broken";
  return [
    heading(step),
    ...(hasErrors ? failures.map(failureOf) : []),
    ...(wayOut ? [wayOutOf(wayOut)] : []),
    ...(state === "running" ? inWork(step) : worked(id, step)),
    ...tasks.map((task) => logOf(task, logs)),
  ].join("\n");
}

function heading({ state, title, began, ended, usual }: Step): string {
  const isRunning = state === "running";
  const parts = [
    `<span class="mark" aria-hidden="true">${marks[state]}</span>`,
    `<span>${escaped(title)}</span>`,
    `<span class="state">${stateWords[state]}</span>`,
    ...(began === undefined || state === "unchanged" || (!isRunning && ended === undefined)
      ? []
      : [`<span class="time">${clock(began, isRunning ? undefined : ended)}</span>`]),
    ...(usual && isRunning ? [`<span class="usual">${escaped(usual)}</span>`] : []),
  ];
  return `<h3>${parts.join("\n")}</h3>`;
}

/** Resources on which a step works now. */
function inWork({ work }: Step): string[] {
  const open = work.filter(({ ended }) => ended === undefined);
  return open.length > 0 ? [list(open, true)] : [];
}

/** Resources that a step has changed. */
function worked(id: string, { work }: Step): string[] {
  if (work.length === 0) return [];
  const count = `${work.length} ${work.length === 1 ? "resource" : "resources"}`;
  return [`<details id="open-${id}"><summary id="s-${id}">${count}</summary>\n${list(work, false)}</details>`];
}

function list(work: readonly Work[], isRunning: boolean): string {
  const items = work.map(({ operation, kind, name, began, ended, failed, said }) => {
    const time = ended === undefined && !isRunning ? "" : ` <span class="time">${clock(began, ended)}</span>`;
    const waits = said !== undefined && ended === undefined ? `: ${escaped(said)}` : "";
    const end = failed ? " <strong>failed</strong>" : "";
    return `<li>${operationWord(operation)} ${escaped(kind)} ${code(name)}${end}${time}${waits}</li>`;
  });
  return `<ul>\n${items.join("\n")}\n</ul>`;
}

const logId = ({ job }: RunningTask) => `log-${job}`;

function logOf(task: RunningTask, logs: Logs): string {
  const text = logs.get(task.job);
  const attributes = `id="text-${task.job}" tabindex="0" role="region" aria-label="Log of ${escaped(task.name)}"`;
  const shown = text === undefined ? "" : `<pre ${attributes}><code>${escaped(text)}</code></pre>`;
  return `<div id="${logId(task)}" class="log">${shown}</div>`;
}
