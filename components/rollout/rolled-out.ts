/**
 * Waits until a rollout is over. Arguments: the name of a Deployment in the pod's own namespace, the revision, and for how
 * many seconds it may make no progress. Each answer is the API server's latest, from no cache.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ask, namespace } from "./cluster-api";
import { troubles, waitsFor, type Deployment, type Pod } from "./progress";

const [name = "", revision = "", seconds = ""] = process.argv.slice(2);

/** An API server that cannot be asked for a moment is no failed rollout. */
const waiting = () =>
  ask<Deployment>(`/apis/apps/v1/namespaces/${namespace()}/deployments/${name}`).then(
    (deployment) => waitsFor(deployment, revision),
    (error: Error) => error.message,
  );

async function main(): Promise<void> {
  const later = () => Date.now() + Number(seconds) * 1000;
  let end = later();
  let said: string | undefined;
  while (Date.now() < end) {
    const reason = await waiting();
    if (reason === undefined) return console.log(`${name} is rolled out`);
    if (reason !== said) {
      console.log(reason);
      end = later();
    }
    said = reason;
    await sleep(1000);
  }
  const query = `labelSelector=${encodeURIComponent(`app.kubernetes.io/name=${name}`)}`;
  const { items } = await ask<{ items: Pod[] }>(`/api/v1/namespaces/${namespace()}/pods?${query}`);
  console.error([`the rollout of ${name} made no progress for ${seconds} s: ${said}`, ...troubles(items)].join("\n"));
  process.exitCode = 1;
}

void main();
