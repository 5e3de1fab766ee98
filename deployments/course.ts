/** Course of an `up`, read from the engine's events and from what the stack had before. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { failedResource } from "../components/runbook";
import type { Operation } from "../engine/change";
import { operationOf } from "../engine/operation";
import { commandsFor, consequences } from "../runbook/content/after-failure";
import { runbookIn, systemsIn, type DeclaredRunbook, type Resource } from "../runbook/source/graph";
import { names } from "../systems";
import type { Deployment, Failure, RunningTask, RunState, Step, System, WayOut } from "./deployment";
import { Facts } from "./facts";
import { groupsBeside, stepType } from "./groups";
import { standingOfGroup, standingsOf, type End } from "./steps";
import type { Usual } from "./usual";

export interface Before {
  /** Resources that the stack had. Default: it is new, or its state cannot be read. */
  readonly graph: readonly Resource[];
  readonly usual: Usual;
}

/** Reader of one run. */
export class Course {
  private readonly facts: Facts;
  private readonly known: ReadonlySet<string>;
  private wasKilled = false;

  constructor(private readonly before: Before) {
    this.facts = new Facts(before.graph);
    this.known = new Set(before.graph.map(({ urn }) => urn));
  }

  /** Takes the next events. */
  take(events: readonly EngineEvent[]): void {
    events.forEach(this.facts.take);
  }

  /** Takes note that the engine no longer runs. Without its last words, it was killed. */
  hasEnded(): void {
    this.wasKilled ||= this.facts.ended === undefined;
  }

  /** Resources as they are now. */
  get graph(): readonly Resource[] {
    return [...this.facts.resources.values()];
  }

  /** @param now time in milliseconds since 1970 */
  deployment(now: number): Deployment {
    const { facts, known } = this;
    const state = this.state();
    const end = endOf(state);
    const graph = [...facts.resources.values()];
    const systems = this.runbooks(graph).map(([name, runbook]) => this.system(name, runbook, end, now));
    const others = groupsBeside(graph).map(({ name, resources }) => ({
      name,
      title: name,
      after: [],
      ...standingOfGroup(resources, facts, { known, end, now }),
    }));
    const shown = others.filter(({ work }) => work.length > 0);
    return {
      ...{
        state,
        isStopping: facts.wasStopped && !end,
        began: facts.began,
        systems,
        others: shown,
        counts: this.counts(),
      },
      ...(end && { ended: facts.ended ?? facts.latest }),
      ...{ failures: this.otherFailures([...systems.flatMap(({ steps }) => steps), ...others]) },
      ...{ warnings: facts.warnings, tasks: end ? [] : this.tasks(graph, systems) },
    };
  }

  private state(): RunState {
    const { began, ended, isPreview, result } = this.facts;
    if (began === undefined) return this.wasKilled ? "interrupted" : "waiting";
    if (isPreview) return ended === undefined && !this.wasKilled ? "preview" : "previewed";
    if (ended === undefined) return this.wasKilled ? "interrupted" : "running";
    return result === "succeeded" ? "succeeded" : "failed";
  }

  /** Runbooks that have told their steps. */
  private runbooks(graph: readonly Resource[]): (readonly [string, DeclaredRunbook])[] {
    return [...systemsIn(graph)].sort(byOrder).flatMap((name) => {
      const runbook = runbookIn(graph, name);
      // The runbooks of a first `up` tell their steps a moment after they are registered.
      return Array.isArray(runbook.steps) ? [[name, runbook] as const] : [];
    });
  }

  private system(name: string, runbook: DeclaredRunbook, end: End, now: number): System {
    const knownSteps = new Set(
      this.before.graph.flatMap((step) =>
        step.type === stepType && step.name.startsWith(`${name}-`) ? [step.name.slice(name.length + 1)] : [],
      ),
    );
    const standings = standingsOf(runbook, this.facts, { known: this.known, knownSteps, end, now });
    const had = systemsIn(this.before.graph).includes(name) ? runbookIn(this.before.graph, name).release : undefined;
    return {
      ...{ name, title: runbook.title },
      release: {
        ...(had !== undefined && { from: had }),
        ...(runbook.release !== undefined && { to: runbook.release }),
      },
      steps: standings.map((standing, index) => {
        const usual = this.before.usual(name, standing.name);
        const wayOut = standing.state === "failed" ? wayOutOf(runbook, index) : undefined;
        return { ...standing, ...(usual && { usual }), ...(wayOut && { wayOut }) };
      }),
    };
  }

  private counts(): Deployment["counts"] {
    const counts: Partial<Record<Operation, number>> = {};
    for (const [urn, { metadata, open, failed }] of this.facts.courses) {
      const type = this.facts.resources.get(urn)?.type ?? "";
      if (open > 0 || failed || type.startsWith("runsheet:") || type === "pulumi:pulumi:Stack") continue;
      const operation = operationOf(metadata);
      counts[operation] = (counts[operation] ?? 0) + 1;
    }
    return counts;
  }

  /** Failures that no step shows. What only follows from a step's failure is left out. */
  private otherFailures(steps: readonly Step[]): Failure[] {
    const isKnown = steps.some(({ state }) => state === "failed");
    const shown = new Set(steps.flatMap(({ failures }) => failures.map(({ message }) => message)));
    return this.facts.failures
      .filter(({ message }) => !shown.has(message) && !(isKnown && isConsequence(message)))
      .map(({ resource, message }) => ({ ...(resource !== undefined && { resource }), message }));
  }

  private tasks(graph: readonly Resource[], systems: readonly System[]): RunningTask[] {
    const byUrn = new Map(graph.map((resource) => [resource.urn, resource]));
    return systems.flatMap(({ name: system, steps }) =>
      steps.flatMap(({ name: step, work }) =>
        work.flatMap(({ urn, kind, name, ended, operation }) => {
          if (kind !== "Job" || ended !== undefined || operation === "delete") return [];
          const { metadata } = byUrn.get(urn)!.inputs as { metadata?: { name?: unknown; namespace?: unknown } };
          if (typeof metadata?.name !== "string" || typeof metadata.namespace !== "string") return [];
          return [{ system, step, name, namespace: metadata.namespace, job: metadata.name }];
        }),
      ),
    );
  }
}

/** The program's order of the systems. Their components are registered side by side. */
const byOrder = (one: string, other: string) =>
  names.indexOf(one) - names.indexOf(other) || one.localeCompare(other, "en");

const endOf = (state: RunState): End =>
  state === "succeeded" || state === "failed" || state === "interrupted" ? state : undefined;

/** True for a message that only repeats that something else has failed. */
const isConsequence = (message: string) =>
  failedResource(message.split("\n")[0]) !== undefined ||
  /^\S+ failed: resources that depend on it were left unchanged$/.test(message) ||
  message.startsWith("Where the systems stand:") ||
  message === "update failed";

function wayOutOf(runbook: DeclaredRunbook, index: number): WayOut {
  const { name } = runbook.steps[index]!;
  const named = (step: string) => `\`${step}\``;
  const { lines } = commandsFor(runbook.resources.get(name) ?? [], runbook.namespace);
  return {
    facts: ["mend the cause, and run `up` again: it goes on from here", ...consequences(runbook, index, named)],
    commands: lines,
  };
}
