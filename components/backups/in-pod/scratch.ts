/**
 * Restores a scratch database to check that it can be restored. CLUSTER is its Cluster, which the pod owns, so that it
 * is deleted with the pod at the latest. SECONDS is the limit for it to become ready.
 *
 *     scratch.cjs begin     creates it and waits until it is ready
 *     scratch.cjs end       deletes it
 *     scratch.cjs report    reports success; it runs only if nothing before it failed
 */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { unneeded } from "../../kubernetes/init-containers";
import { ask, namespace, thisPod, unlessMissing } from "../../kubernetes/in-pod/cluster-api";
import { remove } from "../../kubernetes/in-pod/remove";

interface Cluster {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly phase?: string;
    readonly phaseReason?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const deadlineSeconds = Number(process.env.SECONDS);
const cluster = JSON.parse(process.env.CLUSTER!) as Cluster;
const { name } = cluster.metadata;
/** Path of the namespace's Clusters. Called by what asks the API server: the report's container has no token. */
const clusters = () => `/apis/postgresql.cnpg.io/v1/namespaces/${namespace()}/clusters`;

const find = () => ask<Cluster>(`${clusters()}/${name}`).catch(unlessMissing);

const commands: Readonly<Record<string, () => Promise<void>>> = {
  async begin() {
    // A killed run may have left one.
    await commands.end!();
    const start = Date.now();
    await ask(clusters(), {
      method: "POST",
      body: { ...cluster, metadata: { name, ownerReferences: [thisPod()] } },
    });
    for (;;) {
      // An API server that does not answer for a while is no reason to start over.
      const status = (await find().catch(() => undefined))?.status;
      if (status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True")) break;
      if (Date.now() > start + deadlineSeconds * 1000)
        throw new Error(
          `the database was not ready within ${deadlineSeconds} s: ${status?.phase ?? "it reports no status"} ${status?.phaseReason ?? ""}`,
        );
      await sleep(2000);
    }
    console.log(`${name} was restored in ${Math.round((Date.now() - start) / 1000)} s`);
  },

  end: () => remove(`${clusters()}/${name}`),

  report() {
    const done = "the scratch database was restored, verified and deleted";
    console.log(existsSync(unneeded) ? "no rehearsal: the database to be replaced is already stopped" : done);
    return Promise.resolve();
  },
};

const [command = ""] = process.argv.slice(2);
commands[command]!().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
