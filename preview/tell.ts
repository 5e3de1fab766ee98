/** Teller: turns what the engine has told into the words of the runbooks. */
import type { Change, Diagnostic, RunbookRecord, Violation } from "../engine/change";
import { inOrder } from "../engine/order";
import type { PreviewRun } from "../engine/stack";
import { dangersIn } from "./data";
import { job } from "./fields";
import { maintenanceIn } from "./maintenance";
import { causesIn, causeWords, configurationWords, stepReasons, stopWords } from "./reasons";
import type { Danger, Finding, Told, ToldChange, ToldComponent, ToldMessage, ToldStep, ToldSystem, Verb } from "./told";
import { toldChange } from "./verbs";
import { wayBackFrom } from "./way-back";

/**
 * Tells a preview.
 * @param migrations findings in the migrations. Default: none were looked for
 */
export function tell(stack: string, run: PreviewRun, migrations?: readonly Finding[]): Told {
  const { resources, runbooks, diagnostics, violations, failed } = run;
  const changes = toldChanges(resources);
  const dangers = dangersIn(resources);
  return {
    version: 1,
    stack,
    result: failed ? "failed" : changes.length > 0 ? "changes" : "no changes",
    counts: countsOf(changes),
    dangers,
    systems: inOrder(runbooks)
      .map((runbook) => toldSystem(stack, runbook, resources, dangers))
      .filter(hasChanges),
    components: toldComponents(resources),
    policies: [...violations].sort((a, b) => (rank(a) < rank(b) ? -1 : 1)),
    errors: messages(diagnostics, "error"),
    warnings: messages(diagnostics, "warning"),
    ...(migrations && { migrations }),
  };
}

/** Lists the messages, each once with the resources that it is about. */
function messages(diagnostics: readonly Diagnostic[], wanted: Diagnostic["severity"]): ToldMessage[] {
  const about = new Map<string, string[]>();
  for (const { severity, message, resource } of diagnostics)
    if (severity === wanted) about.set(message, [...(about.get(message) ?? []), ...(resource ? [resource] : [])]);
  const told = [...about].map(([message, resources]) => ({ resources: resources.sort(), message }));
  return wanted === "warning" ? told.sort((a, b) => (a.message < b.message ? -1 : 1)) : told;
}

/** Tells changes, sorted by name: the engine comes to what is independent in any order. Migrations keep theirs. */
function toldChanges(changes: readonly Change[]): ToldChange[] {
  const isMigration = ({ type, step }: Change) => type === job && step === "migrate";
  const sorted = changes.filter((change) => !isMigration(change)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...sorted, ...changes.filter(isMigration)].map(toldChange).filter((change) => change !== undefined);
}

function countsOf(changes: readonly ToldChange[]): Partial<Record<Verb, number>> {
  const counts: Partial<Record<Verb, number>> = {};
  for (const { verb } of changes) counts[verb] = (counts[verb] ?? 0) + 1;
  return counts;
}

function toldSystem(
  stack: string,
  runbook: RunbookRecord,
  resources: readonly Change[],
  all: readonly Danger[],
): ToldSystem {
  const { system, title } = runbook;
  const own = resources.filter((change) => change.system === system);
  const causes = causesIn(system, own);
  const isNew = own.every(({ operation }) => operation === "create");
  const isGone = own.every(({ operation }) => operation === "delete" || operation === "release");
  const known = new Set(runbook.steps.map(({ name }) => name));
  // Steps that the runbook no longer has come last.
  const gone = [...new Set(own.map(({ step }) => step))].filter((step) => step !== undefined && !known.has(step));
  const steps = [...runbook.steps, ...gone.map((name) => ({ name: name!, title: "no longer in the runbook" }))];
  const told = steps.map(({ name, title }): ToldStep => {
    const changes = own.filter(({ step }) => step === name);
    return { name, title, why: isNew ? [] : stepReasons(changes, causes), changes: toldChanges(changes) };
  });
  const whole = [...causeWords(causes), ...stopWords(causes), ...configurationWords(own)];
  const dangers = all.filter((danger) => danger.system === system);
  return {
    name: system,
    title,
    why: isNew ? ["new in this stack"] : isGone ? ["no longer in this stack"] : whole,
    steps: told.filter(({ changes }) => changes.length > 0),
    others: toldChanges(own.filter(({ step }) => step === undefined)),
    maintenance: maintenanceIn(runbook.steps, own),
    wayBack: wayBackFrom({ stack, system, causes, dangers, steps: runbook.steps, isNew }),
  };
}

const rank = ({ level, policy, resource = "" }: Violation) =>
  [level === "mandatory" ? "0" : "1", policy, resource].join(" ");

const hasChanges = ({ steps, others }: ToldSystem) => steps.length > 0 || others.length > 0;

/** Tells what belongs to no system, by component. */
function toldComponents(resources: readonly Change[]): ToldComponent[] {
  const names = [...new Set(resources.filter(({ system }) => system === undefined).map(nameOf))];
  return names
    .map((name) => {
      const own = resources.filter((change) => change.system === undefined && nameOf(change) === name);
      return { name, changes: toldChanges(own) };
    })
    .filter(({ changes }) => changes.length > 0);
}

const nameOf = ({ component, type }: Change) =>
  component ?? (type.startsWith("pulumi:providers:") ? "providers" : "the stack itself");
