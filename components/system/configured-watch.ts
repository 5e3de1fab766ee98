/** A system's watch, with what the stack's configuration changes of its conditions and adds. */
import type { Step } from "../runbook";
import { Watch } from "../watch";
import { bounds, judgedSeconds, type Condition } from "../watch/condition";
import type { Workload } from "../workload";
import type { SystemArgs } from "./args";
import type { Foundation } from "./foundation";
import type { CommonSettings } from "./settings";
import { watchDefaults, type AddedCondition, type WatchSettings } from "./watch-settings";

type Entry = WatchSettings["conditions"][string];

const isAdded = (entry: Entry): entry is AddedCondition => "query" in entry;

/** The settings of a system's watch. Undefined if it has none. */
export function watchOf({
  prometheus,
  settings,
}: Pick<SystemArgs<CommonSettings>, "prometheus" | "settings">): WatchSettings | undefined {
  const chosen = settings.watch ?? watchDefaults;
  return prometheus && chosen.minutes > 0 ? chosen : undefined;
}

/** Returns the conditions with the changes of the configuration, and those that it adds. */
export function configuredConditions(own: readonly Condition[], { conditions }: WatchSettings): Condition[] {
  const changed = own.map((condition) => {
    const entry = conditions[condition.name];
    return entry === undefined ? condition : { ...condition, ...entry };
  });
  const added = Object.entries(conditions).flatMap(([name, entry]) =>
    isAdded(entry) ? [addedCondition(name, entry)] : [],
  );
  return [...changed, ...added];
}

const addedCondition = (name: string, { from = 0, ...entry }: AddedCondition): Condition =>
  ({ name, ...entry, ...("risesAtMostPercent" in entry && { from }) }) as Condition;

/** Release that is watched, with what `WatchPlan` says of it. */
interface Watched {
  readonly conditions: readonly Condition[];
  readonly workloads: readonly Workload[];
  readonly leaves: readonly string[];
}

/** Watches the release of the workloads. `watched` is the settings of the watch. */
export function watchRelease(
  { description, args, namespace, generations, triggers }: Foundation,
  watched: WatchSettings,
  { conditions: own, workloads, leaves }: Watched,
  step: Step,
): void {
  const { name: system } = description;
  const { settings, images, prometheus } = args;
  const { minutes, beforeMinutes, windowSeconds, sampleSeconds, samples, awaySeconds, onFailure } = watched;
  const times = { seconds: minutes * 60, beforeSeconds: beforeMinutes * 60 };
  const conditions = configuredConditions(own, watched);
  const { release, rolloutDeadlineSeconds: rolloutSeconds } = settings;
  new Watch(
    `${system}-watch`,
    {
      ...{ namespace, image: images.node, prometheus: prometheus!, workloads, rolloutSeconds },
      plan: {
        ...{ system, release, namespace: args.namespace, conditions, onFailure },
        ...(leaves.length > 0 && { leaves }),
        ...{ ...times, windowSeconds, sampleSeconds, samples, awaySeconds },
      },
      schema: generations.schemaChange,
      trigger: triggers.deployment,
    },
    { parent: step },
  );
}

/**
 * Problems of the key `watch`.
 * @param own the conditions that the system has
 * @param hasPrometheus whether the stack has a Prometheus to ask
 */
export function watchProblems(
  { watch }: Pick<CommonSettings, "watch">,
  own: readonly Condition[],
  hasPrometheus: boolean,
): string[] {
  if (watch === undefined) return [];
  if (!hasPrometheus) return ["watch is set, and there is no Prometheus to ask; set runsheet:prometheus, or remove it"];
  const { minutes, windowSeconds, sampleSeconds, samples, conditions } = watch;
  const judged = judgedSeconds(watch);
  const changes = Object.entries(conditions).flatMap(([name, entry]) => conditionProblems(name, entry, own));
  if (minutes === 0) return changes;
  return [
    ...(judged <= windowSeconds
      ? [
          `watch.samples is ${samples} and watch.sampleSeconds is ${sampleSeconds}, which is ${judged} s; one spike stays in ` +
            `a rate for watch.windowSeconds, ${windowSeconds} s: raise samples, or lower windowSeconds`,
        ]
      : []),
    ...(windowSeconds + judged > minutes * 60
      ? [
          `watch.minutes is ${minutes}, and a violation is known after ${windowSeconds + judged} s at the earliest ` +
            "(windowSeconds and samples of sampleSeconds); raise it to at least " +
            `${Math.ceil((windowSeconds + judged) / 60)}`,
        ]
      : []),
    ...changes,
  ];
}

function conditionProblems(name: string, entry: Entry, own: readonly Condition[]): string[] {
  const key = `watch.conditions.${name}`;
  const condition = own.find((each) => each.name === name);
  if (isAdded(entry))
    return condition ? [`${key} adds a condition, and the system has one of that name; choose another name`] : [];
  if (!condition)
    return [
      `${key} is none of the system's conditions, which are ${own.map((each) => each.name).join(", ")}; use one of ` +
        "these names, or add query for a condition of its own",
    ];
  const has = bounds.find((bound) => bound in condition)!;
  const possible = has === "risesAtMostPercent" ? [has, "from"] : [has];
  return ([...bounds, "from"] as const)
    .filter((bound) => entry[bound] !== undefined && !possible.includes(bound))
    .map(
      (bound) => `${key}.${bound} is no bound of "${name}", which has ${possible.join(" and ")}; remove it, or skip it`,
    );
}
