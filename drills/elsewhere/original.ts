/** Parts of a stack from which its copy is made. */
import { backupsSettings } from "../../components/system/backups";
import type { ClusterDatabase } from "../cluster-database";
import { Misuse } from "../../command-line";
import type { DrilledStack } from "../stack";
import type { StackSettings } from "../stack-settings";
import type { Restored } from "./program";

/** Fields of a Cluster's specification that its servers need, wherever they are. */
const kept = [
  ...["imageName", "postgresUID", "postgresGID", "storage", "walStorage", "resources", "enableSuperuserAccess"],
  ...["smartShutdownTimeout", "probes", "seccompProfile", "affinity"],
] as const;

interface Spec {
  readonly [field: string]: unknown;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly postgresql?: { readonly parameters?: Readonly<Record<string, string>> };
}

/**
 * Reads how the servers of a database are made, and its name in SQL.
 * @throws Misuse if their image is private, for its login is a Secret of the original's namespace
 */
export async function serverOf(database: ClusterDatabase): Promise<{ database: string; [field: string]: unknown }> {
  const { kubectl, namespace, name } = database;
  const text = await kubectl.run("get", "clusters.postgresql.cnpg.io", "-n", namespace, name, "-o", "json");
  const { spec } = JSON.parse(text) as { spec: Spec };
  return { database: (await database.describe()).database, ...serversIn(spec, name) };
}

/** Otherwise a subscription among the rows would take the original's place at its publisher. */
const alone = { max_logical_replication_workers: "0" };

/** Returns the servers' part of a Cluster's specification: neither archive nor replicas. */
export function serversIn(spec: Spec, name: string): Readonly<Record<string, unknown>> {
  if (spec.imagePullSecrets?.length)
    throw new Misuse(
      `the image of ${name} is pulled with the Secret ${spec.imagePullSecrets[0]!.name}, which a copy does not have: use an image that needs no login for this drill`,
    );
  const { parameters } = spec.postgresql ?? {};
  const servers = Object.fromEntries(
    kept.flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]])),
  );
  return { ...servers, enableSuperuserAccess: true, postgresql: { parameters: { ...parameters, ...alone } } };
}

/** Returns where the backups of a stack are. */
export function placeOf(stack: StackSettings) {
  const settings = backupsSettings.parse(stack.configured("runsheet:backups"));
  const { bucket, region, ca, prefix = stack.name, endpoint = `https://s3.${region}.amazonaws.com` } = settings;
  return { bucket, region, ca, prefix, endpoint };
}

/** Reads the keys with which the backups of a system are read: its own, or else the stack's. They stay in memory. */
export async function keysOf(stack: DrilledStack, system: string): Promise<Restored["keys"]> {
  const from = stack.configured(`${system}:backupsAccessKeyId`) === undefined ? "runsheet" : system;
  const [accessKeyId, secretAccessKey] = await Promise.all([
    stack.secret(`${from}:backupsAccessKeyId`),
    stack.secret(`${from}:backupsSecretAccessKey`),
  ]);
  return { accessKeyId, secretAccessKey };
}
