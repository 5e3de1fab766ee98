/**
 * Record of a restore into the database that exists, in the cluster: what it has stopped, so that the next run, or an
 * `up` without the restore, starts it again. A ConfigMap that no stack manages.
 */
import type { RefusedLogins } from "./in-pod/refused-logins";
import type { StoppedWriters } from "./in-pod/writers";

/** Name of the ConfigMap, one in each system's namespace, and its key. */
export const recordName = "database-restore";
export const recordKey = "restore";

/** File with the name of the dump of the state before, among those that containers hand over. */
export const safetyDumpFile = "safety-dump";

export interface RestoreRecord {
  /** Identifier of the restore in the configuration. */
  readonly id: string;
  /** Name of the dump. */
  readonly dump: string;
  /**
   * `stopped`: writers are stopped, or are about to be, and the database is as it was; `replacing`: the database is
   * replaced, unless that failed; `unverified`: it may have been replaced, and is not verified; `done`: it is verified,
   * and writers are back.
   */
  readonly step: "stopped" | "replacing" | "unverified" | "done";
  /** Dump of the state before the restore. Undefined if none was to be taken. */
  readonly safetyDump?: string;
  readonly writers: StoppedWriters;
  readonly logins: RefusedLogins;
}

/** Path of a namespace's record in the Kubernetes API. */
export const recordPath = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps/${recordName}`;

/** Returns the record of a ConfigMap. */
export const recordIn = (configMap: { readonly data?: Readonly<Record<string, string>> }): RestoreRecord =>
  JSON.parse(configMap.data![recordKey]!) as RestoreRecord;

/** Returns the record of a restore that has left something stopped. Undefined if none has. */
export const unfinished = (record: RestoreRecord | undefined): RestoreRecord | undefined =>
  record?.step === "done" ? undefined : record;

/** Restore that runs: its Job, and its identifier. */
export interface RunningRestore {
  readonly job: string;
  readonly id: string;
}

/** Path of the Jobs that restore a system's database. */
export const restoreJobsPath = (namespace: string, system: string) =>
  `/apis/batch/v1/namespaces/${namespace}/jobs?labelSelector=app.kubernetes.io/name%3D${system}-restore`;

export interface JobList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly template: { readonly spec: { readonly initContainers?: readonly WithVariables[] } } };
    readonly status?: { readonly active?: number };
  }[];
}
interface WithVariables {
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** Returns the restore into an existing database that runs among the Jobs. Undefined if there is none. */
export function runningRestore({ items }: JobList): RunningRestore | undefined {
  for (const { metadata, spec, status } of items) {
    const id = spec.template.spec.initContainers?.[0]?.env?.find(({ name }) => name === "RESTORE")?.value;
    if (status?.active && id !== undefined) return { job: metadata.name, id };
  }
  return undefined;
}
