/**
 * A database that is brought back to see whether it can be, and is then thrown away. Its Cluster is in the variable CLUSTER;
 * it is this pod's, so that it goes with it in any case. SECONDS is how long it may take to come up.
 *
 *     scratch.cjs begin     makes it, and waits until it is ready
 *     scratch.cjs end       takes it away
 *     scratch.cjs report    says that all went well: what runs when nothing before it failed
 */
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { unneeded } from "../../kubernetes/init-containers";
import { ask, namespace, Refused } from "../../kubernetes/in-pod/cluster-api";

interface Cluster {
  readonly metadata: { readonly name: string; readonly uid?: string };
  readonly status?: {
    readonly phase?: string;
    readonly phaseReason?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const deadlineSeconds = Number(process.env.SECONDS);
const cluster = JSON.parse(process.env.CLUSTER!) as Cluster;
const { name } = cluster.metadata;
const clusters = `/apis/postgresql.cnpg.io/v1/namespaces/${namespace()}/clusters`;

async function thisPod(): Promise<object> {
  const { metadata } = await ask<Cluster>(`/api/v1/namespaces/${namespace()}/pods/${hostname()}`);
  return { apiVersion: "v1", kind: "Pod", name: metadata.name, uid: metadata.uid };
}

const find = () => ask<Cluster>(`${clusters}/${name}`).catch(unlessMissing);

function unlessMissing(error: unknown): undefined {
  if (error instanceof Refused && error.status === 404) return undefined;
  throw error;
}

const commands: Readonly<Record<string, () => Promise<void>>> = {
  async begin() {
    // What a run that was killed has left.
    await commands.end!();
    const start = Date.now();
    await ask(clusters, {
      method: "POST",
      body: { ...cluster, metadata: { name, ownerReferences: [await thisPod()] } },
    });
    for (;;) {
      // An API server that does not answer for a while is no reason to begin anew.
      const status = (await find().catch(() => undefined))?.status;
      if (status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True")) break;
      if (Date.now() > start + deadlineSeconds * 1000)
        throw new Error(
          `the database did not come back within ${deadlineSeconds} s: ${status?.phase ?? "nothing is known of it"} ${status?.phaseReason ?? ""}`,
        );
      await sleep(2000);
    }
    console.log(`${name} was brought back in ${Math.round((Date.now() - start) / 1000)} s`);
  },

  async end() {
    await ask(`${clusters}/${name}`, { method: "DELETE" }).catch(unlessMissing);
    while (await find()) await sleep(1000);
  },

  report() {
    const done = "the database was brought back and verified, and taken away again";
    console.log(existsSync(unneeded) ? "the database that is replaced is stopped already: nothing is rehearsed" : done);
    return Promise.resolve();
  },
};

const [command = ""] = process.argv.slice(2);
commands[command]!().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
