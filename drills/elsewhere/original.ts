/** Parts of a stack from which its copy is made. */
import type { RegistryLogins } from "../../components/kubernetes/registries";
import { backupsSettings } from "../../components/system/backups";
import { pullSecretName, type RegistrySettings } from "../../components/system/private-images";
import type { ClusterDatabase } from "../cluster-database";
import { Misuse } from "../../command-line";
import type { DrilledStack } from "../stack";
import type { StackSettings } from "../stack-settings";
import type { Restored } from "./program";

/** Fields of a Cluster's specification that its servers need, wherever they are. */
const kept = [
  ...["imageName", "postgresUID", "postgresGID", "storage", "walStorage", "resources", "enableSuperuserAccess"],
  ...["smartShutdownTimeout", "probes", "seccompProfile", "affinity", "imagePullSecrets"],
] as const;

interface Spec {
  readonly [field: string]: unknown;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly postgresql?: { readonly parameters?: Readonly<Record<string, string>> };
}

/**
 * Reads how the servers of a database are made, and its name in SQL.
 * @throws Misuse if their image's login is a Secret that the configuration does not have
 */
export async function serverOf(
  system: string,
  database: ClusterDatabase,
): Promise<{ database: string; [field: string]: unknown }> {
  const { kubectl, namespace, name } = database;
  const text = await kubectl.run("get", "clusters.postgresql.cnpg.io", "-n", namespace, name, "-o", "json");
  const { spec } = JSON.parse(text) as { spec: Spec };
  return { database: (await database.describe()).database, ...serversIn(system, spec, name) };
}

/** Otherwise a subscription among the rows would take the original's place at its publisher. */
const alone = { max_logical_replication_workers: "0" };

/** Returns the servers' part of a Cluster's specification: neither archive nor replicas. */
export function serversIn(system: string, spec: Spec, name: string): Readonly<Record<string, unknown>> {
  const foreign = spec.imagePullSecrets?.find((secret) => secret.name !== pullSecretName(system));
  if (foreign)
    throw new Misuse(
      `the image of ${name} is pulled with the Secret ${foreign.name}, which a copy does not have: give the login in ${system}:registries, and run up`,
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

/** Reads the logins at registries of private images that the pods of a system have. They stay in memory. */
export async function loginsOf(
  stack: Pick<DrilledStack, "configured" | "secret">,
  system: string,
): Promise<RegistryLogins> {
  const logins = ["runsheet", system].flatMap((from) =>
    Object.entries(stack.configured<RegistrySettings>(`${from}:registries`) ?? {}).map(
      async ([host, { username, password }]) =>
        [host, { username, password: await stack.secret(`${from}:${password}`) }] as const,
    ),
  );
  return Object.fromEntries(await Promise.all(logins));
}
