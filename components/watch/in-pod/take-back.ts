/**
 * Takes a release back: gives the Deployments the pods of the release that last passed the watch. Their former ReplicaSets
 * have the description of these.
 */
import { ask, namespace } from "../../kubernetes/in-pod/cluster-api";
import { rolledOut, type DeploymentRollout } from "../../workload/in-pod/wait";
import { revisionAnnotation } from "../../workload/revision";
import { takenBackAnnotation, type TakenBack } from "../record";
import { change, deploymentsOf, revisionOf, watchedOf, type Deployment } from "./deployments";
import { cleaned, differences, type Template } from "./template";

interface ReplicaSet {
  readonly metadata: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly spec: { readonly template: Template };
}

interface Step {
  readonly deployment: Deployment;
  readonly revision: string;
  readonly template: Template;
}

/** Way back, or the reason for which there is none. */
export type Plan = { readonly release: string; readonly steps: readonly Step[] } | { readonly refused: string };

/**
 * Plans the way back, and changes nothing. It is refused unless all Deployments go back to one release, and nothing but
 * the release has changed since that release passed.
 * @param schema identifies the schema of now
 */
export async function planned(rollouts: readonly DeploymentRollout[], schema: string): Promise<Plan> {
  const deployments = await deploymentsOf(rollouts);
  const watched = deployments.map(watchedOf);
  const [first] = watched;
  if (first === undefined || watched.some((each) => each === undefined))
    return { refused: "no release before it has passed the watch" };
  if (watched.some((each) => each!.release !== first.release))
    return { refused: `the releases that passed differ: ${watched.map((each) => each!.release).join(", ")}` };
  if (watched.some((each) => each!.schema !== schema))
    return { refused: `the schema has changed since ${first.release} passed` };
  const { items } = await ask<{ items: ReplicaSet[] }>(`/apis/apps/v1/namespaces/${namespace()}/replicasets`);
  const steps: Step[] = [];
  for (const [index, deployment] of deployments.entries()) {
    const { revision } = watched[index]!;
    if (revisionOf(deployment) === revision) continue;
    const { name } = deployment.metadata;
    const former = items.find(
      (each) => isOf(each, name) && each.metadata.annotations?.[revisionAnnotation] === revision,
    );
    if (!former) return { refused: `Kubernetes no longer has the pods of ${first.release} for ${name}` };
    const others = differences(former.spec.template, deployment.spec.template);
    if (others.length > 0)
      return { refused: `more than the release has changed since ${first.release}: ${name} in ${others.join(", ")}` };
    steps.push({ deployment, revision, template: cleaned(former.spec.template) });
  }
  if (steps.length === 0) return { refused: `its pods are those with which ${first.release} passed` };
  return { release: first.release, steps };
}

/**
 * Takes the release `bad` back, the last Deployment first, and waits for each rollout. Resolves to the reason of a
 * failure, or undefined.
 * @param seconds limit for a rollout without progress
 */
export async function takeBack(
  { release, steps }: Extract<Plan, { readonly steps: unknown }>,
  bad: string,
  seconds: number,
): Promise<string | undefined> {
  const takenBack: TakenBack = { release: bad, at: new Date().toISOString() };
  for (const { deployment, revision, template } of [...steps].reverse()) {
    const { name } = deployment.metadata;
    const [now] = await deploymentsOf([{ deployment: name, revision }]);
    if (revisionOf(now!) !== revisionOf(deployment)) return `${name}: somebody has changed it meanwhile`;
    await change(name, {
      metadata: {
        labels: { "app.kubernetes.io/version": release },
        annotations: { [revisionAnnotation]: revision, [takenBackAnnotation]: JSON.stringify(takenBack) },
      },
      spec: { template: { ...template, $patch: "replace" } },
    });
    const failure = await rolledOut({ deployment: name, revision }, seconds);
    if (failure !== undefined) return `${name}: ${failure}`;
    console.log(`ok     ${name} is back at ${release}`);
  }
  return undefined;
}

const isOf = ({ metadata }: ReplicaSet, deployment: string) =>
  (metadata.ownerReferences ?? []).some(({ kind, name }) => kind === "Deployment" && name === deployment);
