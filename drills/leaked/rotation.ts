/** Parts of a rotation of passwords beside the `up` that makes them. */
import { setTimeout as sleep } from "node:timers/promises";
import { passwordsAnnotation } from "../../components/identity/passwords";
import type { ClusterDatabase } from "../cluster-database";
import type { Kubectl } from "../kubectl";

/** Deletes a Secret, and waits until the operator has made it anew. */
export async function madeAnew(kubectl: Kubectl, namespace: string, name: string): Promise<void> {
  const uid = () =>
    kubectl.run("get", "secret", "-n", namespace, name, "--ignore-not-found", "-o", "jsonpath={.metadata.uid}");
  const before = await uid();
  if (before === "") return;
  await kubectl.run("delete", "secret", "-n", namespace, name);
  for (const end = Date.now() + 120_000; ; await sleep(500)) {
    const now = await uid();
    if (now !== "" && now !== before) return;
    if (Date.now() > end)
      throw new Error(`the operator did not make the Secret ${namespace}/${name} anew within 2 min`);
  }
}

/** Ends what was connected by TCP before a time, and resolves to the number of sessions. Replicas have certificates. */
export async function endSessions(database: ClusterDatabase, before: number): Promise<number> {
  return Number(
    await database.sql(
      `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'client backend'
       AND client_addr IS NOT NULL AND usename <> 'streaming_replica' AND backend_start < to_timestamp(${before / 1000})`,
    ),
  );
}

interface Started {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly spec: {
    readonly replicas?: number;
    readonly template: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } };
  };
  readonly status: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
  };
}

/**
 * Checks that what the stack has made in a namespace was started with a generation of passwords.
 * @throws Error that names what was not
 */
export async function expectRestarted(kubectl: Kubectl, namespace: string, generation: string): Promise<void> {
  const text = await kubectl.run("get", "deployments,statefulsets", "-n", namespace, "-o", "json");
  const { items } = JSON.parse(text) as { items: readonly Started[] };
  const given = ({ spec }: Started) => spec.template.metadata?.annotations?.[passwordsAnnotation];
  // What others have made has no such annotation.
  const late = items
    .filter((each) => given(each) !== undefined)
    .filter((each) => {
      const { metadata, spec, status } = each;
      const replicas = spec.replicas ?? 1;
      const isThere = (status.updatedReplicas ?? 0) >= replicas && (status.readyReplicas ?? 0) >= replicas;
      return given(each) !== generation || status.observedGeneration !== metadata.generation || !isThere;
    });
  if (late.length > 0)
    throw new Error(
      `not every pod was started with the new passwords: ${late.map(({ kind, metadata }) => `${kind} ${namespace}/${metadata.name}`).join(", ")}`,
    );
}
