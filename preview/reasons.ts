/** Reasons for which the steps of a system run again. */
import { generationNames } from "../components/system/triggers";
import type { Change } from "../engine/change";
import { at, fieldLabels, imageChanges, job } from "./fields";
import type { Verb } from "./told";
import { migrationsIn, type ChangedMigrations } from "./schema-changes";
import { unsuccessful } from "./unsuccessful";
import { verbOf } from "./verbs";

/** Value that a system had, and the one that it is to have. */
export interface Turn {
  readonly from: string;
  readonly to: string;
}

/** Changes of a system for which tasks are due. */
export interface Causes {
  /** Undefined if it stays as it is, or the system is new. */
  readonly release?: Turn;
  /** Last change of the schema; empty for all changes. Undefined if it stays, or the system is new. */
  readonly target?: Turn;
  readonly migrations: ChangedMigrations;
  /** True if another database takes the place of the one that is there. */
  readonly database: boolean;
  /** Names of the tasks at which the last `up` stopped: what comes after them is still due. */
  readonly stopped: readonly string[];
}

/** Finds the causes among the changes of a system. */
export function causesIn(system: string, changes: readonly Change[]): Causes {
  const names = generationNames(system);
  const identifier = (name: string) => changes.find((change) => change.name === name && change.before && change.after);
  const keeper = (name: string, key: string): Turn | undefined => {
    const change = identifier(name);
    const [from, to] = [change?.before, change?.after].map((state) => at(state?.inputs, `keepers.${key}`));
    return typeof from === "string" && typeof to === "string" && from !== to ? { from, to } : undefined;
  };
  const release = keeper(names.deployment, "release");
  const target = keeper(names.deployment, "target");
  const database = changes.some(
    ({ name, type, operation }) => type.endsWith(":Cluster") && name.startsWith(`${system}-`) && isNew(operation),
  );
  const migrations = migrationsIn(system, changes, { edited: target === undefined && !database });
  const stopped = unsuccessful(changes).map(({ name }) => name);
  return { ...(release && { release }), ...(target && { target }), migrations, database, stopped };
}

const isNew = (operation: Change["operation"]) => operation === "create" || operation === "replace";

/** Describes the causes, each in a few words. */
export function causeWords({ release, target, migrations, database }: Causes): string[] {
  const { added, edited, reproved, removed } = migrations;
  return [
    ...(release ? [`release ${release.from} -> ${release.to}`] : []),
    ...(target ? [`schema target ${target.from || "all changes"} -> ${target.to || "all changes"}`] : []),
    ...words("migration", "added", added),
    ...words("migration", "changed", edited),
    ...words("verify or revert script of migration", "changed", reproved),
    ...words("migration", "no longer wanted", removed),
    ...(database ? ["another database"] : []),
  ];
}

const words = (what: string, how: string, names: readonly string[]) =>
  names.length === 0 ? [] : [`${names.length === 1 ? what : `${what}s`} ${names.join(", ")} ${how}`];

/** Describes the tasks at which the last `up` stopped. */
export const stopWords = ({ stopped }: Pick<Causes, "stopped">): string[] =>
  stopped.map((name) => `${name} did not succeed the last time`);

/**
 * Lists the reasons of a step. A task runs again for the causes of its system, whatever follows from them in its pod; if
 * there are none, for its own fields, and since the last `up` stopped before it. One that stopped it is itself a reason.
 */
export function stepReasons(changes: readonly Change[], causes: Causes): string[] {
  const again = unsuccessful(changes);
  const others = changes.filter((change) => !again.includes(change));
  const words = causeWords(causes);
  const isDue = others.some((change) => dueVerbs.includes(verbOf(change)));
  const configuration = configurationWords(changes);
  const own = isDue && words.length === 0 ? others.filter(({ type }) => type === job).flatMap(fieldLabels) : [];
  const ofTasks = own.length > 0 && configuration.length === 0 ? [`changed: ${[...new Set(own)].join(", ")}`] : [];
  const images = changes.flatMap(imageChanges).map((turn) => `image ${turn}`);
  const isLeft = words.length === 0 && others.some((change) => taskVerbs.includes(verbOf(change)));
  const stops = stopWords(isLeft ? causes : { stopped: again.map(({ name }) => name) });
  return [...new Set([...(isDue ? words : []), ...stops, ...images, ...configuration, ...ofTasks])];
}

/** Verbs of what a step does because it is due. */
const taskVerbs: readonly (Verb | undefined)[] = ["run", "run again"];
const dueVerbs: readonly (Verb | undefined)[] = [...taskVerbs, "renew", "change", "replace"];

/** Lists what has changed in the system's configuration, beside what follows from its release and its migrations. */
export function configurationWords(changes: readonly Change[]): string[] {
  const settings = changes.filter(isConfigured).flatMap(fieldLabels).filter(isSetting);
  return settings.length > 0 ? [`configuration: ${[...new Set(settings)].join(", ")}`] : [];
}

/** Kinds whose fields are somebody's configuration. */
const configured = [
  "ConfigMap",
  "Secret",
  "Deployment",
  "CronJob",
  "Cluster",
  "StatefulSet",
  "Ingress",
  "NetworkPolicy",
];

const isConfigured = ({ type, custom, fields }: Change) =>
  custom && fields.length > 0 && configured.some((kind) => type.endsWith(`:${kind}`));

/** Names follow from contents, labels and these variables from the release, and mounted projects from the migrations. */
const isSetting = (field: string) =>
  !/^(metadata\.|(label|annotation) |variable (RELEASE|DEPLOYMENT)$|project__)|(^|: |\.)(image|imageName)$|: command$|^Secret of/.test(
    field,
  );
