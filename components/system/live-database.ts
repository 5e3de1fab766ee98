/**
 * Which database is live, as the cluster itself has it: the stack's outputs can be lost, and whoever then took the first
 * database for the live one would roll the workloads onto data that was given up.
 */
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { firstDatabase, type DatabasePlan, type Databases } from "./database-plan";

const text = z.string().optional();
const made = { image: text, storage: text, walStorage: text };

/** A system's databases as the outputs and the record have them. */
export const databasesSchema = z.object({
  ...{ live: text, server: text, ...made },
  givenUp: z.array(z.object({ name: z.string(), server: text, released: z.boolean().optional(), ...made })),
});

/** The ConfigMap with the record, one in each system's namespace. */
const record = { name: "live-database", key: "databases" };

/** Records in the cluster what the outputs will say. */
export function recordDatabases(
  system: string,
  namespace: pulumi.Input<string>,
  databases: pulumi.Input<Databases>,
  parent: pulumi.Resource,
): void {
  const data = { [record.key]: pulumi.jsonStringify(databases) };
  new ConfigMap(`${system}-${record.name}`, { metadata: { name: record.name, namespace }, data }, { parent });
}

/** Where the API has the record of a namespace. */
export const recordPath = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps/${record.name}`;

/** What is recorded. @throws Error with the way out if somebody made it unreadable */
export function databasesIn(
  namespace: string,
  configMap: { readonly data?: Readonly<Record<string, string>> },
): Databases {
  try {
    return databasesSchema.parse(JSON.parse(configMap.data?.[record.key] ?? ""));
  } catch (error) {
    throw new Error(
      `the ConfigMap ${record.name} of the namespace ${namespace}, which says which database is live, cannot be read: put it back as it was`,
      { cause: error },
    );
  }
}

/** What the cluster has of a system. */
export interface InCluster {
  /** What an `up` recorded. Default: none did. */
  readonly recorded?: Databases;
  /** The names of all databases. Default: the cluster was not asked. */
  readonly clusters?: readonly string[];
  /** The same, where nothing says which of them is live. Default: something does, or there are none. */
  readonly unrecorded?: readonly string[];
}

/**
 * The databases that there are: by the outputs, unless they are lost or differ from the record and `named` decides.
 * @param named the database that the configuration says is live
 * @throws Error if `named` decides nothing, or is none of those that may be live
 */
export function databasesBefore(
  system: string,
  named: string | undefined,
  outputs: Databases | undefined,
  { recorded, unrecorded = [] }: InCluster,
): Databases | undefined {
  if (named === undefined) return outputs ?? (recorded?.live === firstDatabase(system) ? recorded : undefined);
  const said = [outputs, recorded].filter((each) => each?.live !== undefined) as Databases[];
  const known = said.length > 0 ? said : unrecorded.map((live): Databases => ({ live, givenUp: [] }));
  const chosen = known.find(({ live }) => live === named);
  if (!chosen) {
    const possible = [...new Set(known.map(({ live }) => live))].join(" or ") || "nothing that is known";
    throw new Error(`${system}:live: names ${named}, and live is ${possible}; take it out, or name that`);
  }
  const others = known.flatMap(({ live, givenUp, ...about }) => [...givenUp, { ...about, name: live! }]);
  const kept = others.filter(
    ({ name }, index) => name !== named && others.findIndex((each) => each.name === name) === index,
  );
  return { ...chosen, givenUp: kept };
}

/**
 * Why a plan is none for what the cluster has: it would work with another database than the live one. Undefined if it is one.
 * A restore gives up what is recorded, or goes on with what an `up` recorded that did not come to its end.
 */
export function mismatch(
  system: string,
  plan: DatabasePlan,
  { recorded, unrecorded = [] }: InCluster,
): string | undefined {
  const { name, restore, before, givenUp } = plan;
  const choose = (database: string) => `pulumi config set ${system}:live ${database}`;
  const planned = [name, ...givenUp.map(({ name }) => name)];
  if (unrecorded.some((database) => !planned.includes(database)))
    return `${system}: there are the databases ${unrecorded.join(", ")}, and nothing says which of them is live. Look which one was written to last: ${choose("NAME")}. The others are stopped then, and kept`;
  const live = recorded?.live;
  if (live === undefined || live === name || (restore && live === before?.live)) return undefined;
  return [
    `${system}: the cluster says that ${live} is live, and by the stack's outputs it is ${before?.live ?? "not known which one"}.`,
    `If ${live} is: ${choose(live)}.`,
    ...(before?.live === undefined
      ? []
      : [`If ${before.live} is: ${choose(before.live)}. The other one is stopped then, and kept.`]),
    `If an up that restored ${live} did not come to its end: put ${system}:restore back as it was`,
  ].join(" ");
}
