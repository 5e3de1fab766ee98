/**
 * Record of a restore into the database that exists, in the cluster: what it has stopped, so that the next run, or an
 * `up` without the restore, starts it again. A ConfigMap that no stack manages.
 */
import type { RefusedLogins } from "./in-pod/refused-logins";
import type { StoppedWriters } from "./in-pod/writers";

/** Name of the ConfigMap, one in each system's namespace, and its key. */
export const recordName = "database-restore";
export const recordKey = "restore";

export interface RestoreRecord {
  /** Identifier of the restore in the configuration. */
  readonly id: string;
  /** Name of the dump. */
  readonly dump: string;
  /**
   * `stopped`: writers are stopped, or are about to be; `replacing`: the database is replaced, unless that failed;
   * `unverified`: it may have been replaced, and is not verified; `done`: it is verified, and writers are back.
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
