/** All alerts on logs at once: at what is good, with one line more, and back. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SystemLogAlerts } from "../../../components/monitoring/log-rules";
import { names } from "../../../systems";
import { systemAlerts } from "../../../systems/alerts";
import type { LogAlertCase } from "../../support/alerts/log-alert-case";
import { logAlertCases } from "../../unit/systems/log-alert-cases";
import { RunningAlertmanager } from "../alertmanager/running";
import { LogFiles } from "./log-files";
import { startCollector } from "./collector";

/** Alert as Alertmanager has it. */
export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
}

/** Alerts that fired in each phase. */
export interface Observed {
  readonly atGood: readonly ActiveAlert[];
  readonly above: readonly ActiveAlert[];
  readonly back: readonly ActiveAlert[];
  /** Number of lines that were written, and that the stores have. */
  readonly lines: { readonly written: number; readonly stored: number };
}

/** A store of logs that evaluates alerts, or a program beside it does. */
export interface EvaluatedStore {
  /** URLs of the stores' OTLP. */
  readonly output: string;
  readonly audit: string;
  /** Number of lines that are stored. */
  readonly stored: () => Promise<number>;
  /** Begins to evaluate the alerts every second, and to tell Alertmanager. */
  readonly evaluate: () => Promise<unknown>;
  /** Times at which the groups of rules were last evaluated. */
  readonly evaluations: () => Promise<readonly string[]>;
  readonly stop: () => unknown;
}

/** Starts a store. Rules fire after a second if they are made quick. */
export type StartStore = (
  alerts: readonly SystemLogAlerts[],
  alertmanager: string,
  quick: (rules: string) => string,
) => Promise<EvaluatedStore>;

/** Seconds for which the one line too many counts. */
const tooMany = 12;

/** Alerts of all systems, each in a namespace of its name. */
const alerts: readonly SystemLogAlerts[] = names.map((name) => {
  const { channels, logAlerts = [] } = systemAlerts[name]!(name);
  const args = { system: name, namespace: name, channels, runbookBaseUrl: "https://example.com" };
  return { alerts: logAlerts, args };
});

/** Starts the programs, writes the lines of all cases, and notes which alerts Alertmanager has. */
export async function observe(start: StartStore): Promise<Observed> {
  const pods = mkdtempSync(join(tmpdir(), "runsheet-pods-"));
  const stops: (() => unknown)[] = [() => rmSync(pods, { recursive: true, force: true })];
  const running = <Program extends { readonly stop: () => unknown }>(program: Program): Program => {
    stops.unshift(() => program.stop());
    return program;
  };
  try {
    const alertmanager = running(await RunningAlertmanager.start(names));
    const store = running(await start(alerts, alertmanager.url, quick));
    const files = new LogFiles(pods);
    for (const [system, each] of cases) files.write(system, good(each), 1);
    running(await startCollector({ namespaces: names, pods, output: store.output, audit: store.audit }));
    await until(async () => (await store.stored()) >= files.written);
    await store.evaluate();
    const active = () => activeAlerts(alertmanager.url);
    await evaluated(store);
    const atGood = await active();
    for (const [system, each] of cases) files.write(system, [lineOf(each, 0)], each.minutes * 60 - tooMany);
    await until(async () => (await active()).length >= cases.length);
    const above = await active();
    await until(async () => (await active()).length === 0);
    return {
      atGood,
      above,
      back: await active(),
      lines: { written: files.written, stored: await store.stored() },
    };
  } finally {
    for (const stop of stops) await stop();
  }
}

const cases = names.flatMap((name) => Object.values(logAlertCases[name]!).map((each) => [name, each] as const));

const lineOf = ({ counted, workload }: LogAlertCase, index: number) => ({
  workload,
  ...counted[index % counted.length]!,
});

/** Lines of a case: as many as are good, and as many of each that does not count. */
const good = (each: LogAlertCase) => {
  const times = Array.from({ length: each.good }, (_, index) => index);
  return times.flatMap((index) => [
    lineOf(each, index),
    ...Object.values(each.ignored).map((line) => ({ workload: each.workload, ...line })),
  ]);
};

/** Changes rules to fire after a second. */
const quick = (rules: string) => rules.replaceAll(/ for: \d+m$/gm, " for: 1s");

/** Waits until a condition holds, or 30 s: what is wrong then is seen by the tests. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; !(await condition()) && Date.now() < end;) await sleep(200);
}

async function activeAlerts(alertmanager: string): Promise<ActiveAlert[]> {
  const response = await fetch(`${alertmanager}/api/v2/alerts`);
  return (await response.json()) as ActiveAlert[];
}

/** Waits until each group of rules was evaluated several times, and what fires has been sent. */
async function evaluated({ evaluations }: EvaluatedStore): Promise<void> {
  const since = Date.now() + 3000;
  await until(async () => (await evaluations()).every((time) => Date.parse(time) > since));
}

/** Times of the groups' last evaluations, as vmalert and Prometheus' API list them. */
export async function evaluationsAt(url: string): Promise<string[]> {
  const response = await fetch(url);
  const { data } = (await response.json()) as { data: { groups: { lastEvaluation: string }[] } };
  return data.groups.map(({ lastEvaluation }) => lastEvaluation);
}
