/**
 * Record of the live database in the cluster itself. The stack's outputs can be lost: an `up` that then took the first
 * database for the live one would roll the workloads onto data that was given up.
 */
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { liveDatabaseRecord } from "../kubernetes/owner";
import type { RestoreRecord, RunningRestore } from "../backups/restore-record";
import type { Made } from "./made";
import { firstDatabase, type DatabasePlan, type Databases } from "./database-plan";

const text = z.string().optional();
const made = { image: text, storage: text, walStorage: text };

/** Schema of a system's databases, in the outputs and in the record. */
export const databasesSchema = z.object({
  ...{ live: text, server: text, ...made },
  givenUp: z.array(z.object({ name: z.string(), server: text, released: z.boolean().optional(), ...made })),
  ...{ restores: z.number().optional(), restored: text },
});

/** The ConfigMap that holds the record, one in each system's namespace. */
const record = { name: liveDatabaseRecord, key: "databases" };

/** Records the databases that the outputs will name. */
export function recordDatabases(
  system: string,
  namespace: pulumi.Input<string>,
  databases: pulumi.Input<Databases>,
  parent: pulumi.Resource,
): void {
  const data = { [record.key]: pulumi.jsonStringify(databases) };
  new ConfigMap(`${system}-${record.name}`, { metadata: { name: record.name, namespace }, data }, { parent });
}

/** Path of a namespace's record in the Kubernetes API. */
export const recordPath = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps/${record.name}`;

/**
 * Reads the record.
 * @throws Error that says what to do, if somebody made the record unreadable
 */
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

/** A system's databases in the cluster. */
export interface InCluster {
  /** The record. Default: no `up` has written one. */
  readonly recorded?: Databases;
  /** Names of all databases. Default: the cluster was not asked. */
  readonly clusters?: readonly string[];
  /** Sizes of their volumes, by name. Default: the cluster does not say them. */
  readonly sizes?: Readonly<Record<string, Made>>;
  /** The record of the last restore into a database that exists. Default: there is none. */
  readonly restore?: RestoreRecord;
  /** A restore into such a database that still runs. Default: none does. */
  readonly restoring?: RunningRestore;
  /** Names of all databases if nothing says which of them is live. Default: something does, or there are none. */
  readonly unrecorded?: readonly string[];
}

/**
 * Returns the existing databases: those of the outputs, unless these are lost or differ from the record and `named`
 * decides.
 * @param named the database that the configuration says is live
 * @throws Error if there is nothing to decide, or if `named` is none of those that may be live
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
 * Returns why a plan does not fit the cluster: it would work with another database than the live one. Undefined if it
 * fits. A restore replaces the recorded database, or resumes an `up` that recorded its database and did not finish.
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
