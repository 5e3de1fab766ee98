import { setTimeout as sleep } from "node:timers/promises";
import {
  containerEnvironment,
  secretFiles,
  secretVolumes,
  type Environment,
} from "../components/kubernetes/environment";
import { limited, temporary, usualRequests } from "../components/kubernetes/resources";
import { restrictedContainer, restrictedPod } from "../components/kubernetes/restricted";
import type { Kubectl } from "./kubectl";

/** Pod of a drill, with the limits of the stack's pods, and no more rights. */
export interface PodArgs {
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  /** Default: none. */
  readonly environment?: Environment;
  /** PersistentVolumeClaim to mount at /volume. Default: none. */
  readonly claim?: string;
  /** Nodes on which it must not run. Default: none. */
  readonly notOn?: readonly string[];
  /** Limit for a pod that is run to its end, in seconds. Default: 300. */
  readonly seconds?: number;
}

/** Starts a pod, after removing an earlier drill's. */
export async function startPod(kubectl: Kubectl, args: PodArgs): Promise<void> {
  const { namespace, name, image, command, environment = {}, claim, notOn = [], seconds = 0 } = args;
  const files = secretFiles([environment]);
  const secrets = secretVolumes(files);
  await removePod(kubectl, args);
  const imagePullSecrets = await registryLogins(kubectl, namespace);
  await kubectl.create({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { "app.kubernetes.io/name": name } },
    spec: {
      restartPolicy: "Never",
      ...(imagePullSecrets.length > 0 && { imagePullSecrets }),
      // The pod ends even if an interrupted drill is never continued.
      activeDeadlineSeconds: Math.max(7200, seconds),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      ...(notOn.length > 0 && { affinity: awayFrom(notOn) }),
      securityContext: restrictedPod(),
      containers: [
        {
          name: "drill",
          image,
          command,
          env: containerEnvironment(environment, files),
          resources: limited({ requests: usualRequests }, []),
          securityContext: restrictedContainer,
          volumeMounts: [
            { name: "tmp", mountPath: "/tmp" },
            ...secrets.mounts,
            ...(claim ? [{ name: "volume", mountPath: "/volume" }] : []),
          ],
        },
      ],
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: temporary } },
        ...secrets.volumes,
        ...(claim ? [{ name: "volume", persistentVolumeClaim: { claimName: claim } }] : []),
      ],
    },
  });
}

/** Secrets of the namespace with logins of registries: the image may be private. */
async function registryLogins(kubectl: Kubectl, namespace: string): Promise<{ name: string }[]> {
  const ofRegistries = ["--field-selector", "type=kubernetes.io/dockerconfigjson"];
  const found = await kubectl.run("get", "secrets", "-n", namespace, ...ofRegistries, "-o", "name");
  return found
    .split("\n")
    .filter(Boolean)
    .map((each) => ({ name: each.replace(/^secret\//, "") }));
}

const awayFrom = (nodes: readonly string[]) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        { matchFields: nodes.map((node) => ({ key: "metadata.name", operator: "NotIn", values: [node] })) },
      ],
    },
  },
});

/** Returns the output of a pod so far. Empty before it runs. */
export async function logOf(
  kubectl: Kubectl,
  { namespace, name }: Pick<PodArgs, "namespace" | "name">,
): Promise<string> {
  try {
    return await kubectl.run("logs", "-n", namespace, name, "--tail=-1");
  } catch (error) {
    if (error instanceof Error && /waiting to start|ContainerCreating|PodInitializing/.test(error.message)) return "";
    throw error;
  }
}

export async function removePod(
  kubectl: Kubectl,
  { namespace, name }: Pick<PodArgs, "namespace" | "name">,
): Promise<void> {
  await kubectl.run("delete", "pod", "-n", namespace, name, "--ignore-not-found", "--grace-period=0", "--force");
}

/**
 * Runs a pod to its end and resolves to its output.
 * @throws Error with the output if it fails or takes longer than its limit
 */
export async function runPod(kubectl: Kubectl, args: PodArgs): Promise<string> {
  await startPod(kubectl, args);
  const { namespace, name, seconds = 300 } = args;
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const phase = await kubectl.run("get", "pod", "-n", namespace, name, "-o", "jsonpath={.status.phase}");
    if (phase === "Succeeded" || phase === "Failed" || Date.now() > end) {
      const log = await logOf(kubectl, args);
      await removePod(kubectl, args);
      if (phase === "Succeeded") return log;
      throw new Error(`the pod ${namespace}/${name} is ${phase}: ${log}`);
    }
    await sleep(500);
  }
}
