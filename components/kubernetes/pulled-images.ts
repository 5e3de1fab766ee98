import type { input } from "@pulumi/kubernetes/types";
import * as pulumi from "@pulumi/pulumi";
import { among, Condition, holds, ofFields } from "./bound";
import { bundle } from "./bundle";
import type { PodArgs } from "./pod";
import { limited } from "./resources";
import { restrictedContainer, restrictedPod } from "./restricted";
import { account, type AccountLimit } from "./service-account";
import { Task } from "./task";

export interface PulledImagesArgs extends Pick<PodArgs, "namespace" | "nodeSelector" | "tolerations"> {
  /** A stock Node.js image. */
  readonly image: string;
  /** Images to pull. */
  readonly images: readonly string[];
  /** Secrets with the logins of their registries. Default: none. */
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  /** Says what to do if an image cannot be pulled. */
  readonly hint: string;
  /** Limits by an admission policy which pod the account may create. Default: false. */
  readonly admissionPolicies?: boolean;
  /** Values that make the images be pulled again when one of them changes. */
  readonly trigger: readonly pulumi.Input<string>[];
}

/** Fields of a container and of a pod by which it runs something, or reads a Secret or a volume. */
const givenToContainers = [
  ...["args", "env", "envFrom", "lifecycle", "livenessProbe", "readinessProbe", "startupProbe"],
  ...["volumeDevices", "volumeMounts"],
];
const givenToPods = ["volumes", "initContainers"];

/** Limit for the pull of all images, in seconds. */
const seconds = 1800;

/**
 * Job that lets a node pull images as pods do, before anything is changed. Its error has the image and what the registry
 * answered. It makes a pod with them and deletes it, because a container of its own that cannot be pulled says nothing.
 */
export class PulledImages extends pulumi.ComponentResource {
  constructor(name: string, args: PulledImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:PulledImages", name, {}, opts);
    const { namespace, image, hint, trigger, admissionPolicies } = args;
    const pod = `${name}-pull`;
    const rules = [
      { apiGroups: [""], resources: ["pods"], resourceNames: [pod], verbs: ["get", "delete"] },
      // RBAC cannot restrict `create` by name. An admission policy does.
      { apiGroups: [""], resources: ["pods"], verbs: ["create"] },
    ];
    new Task(
      name,
      {
        ...{ namespace, image, trigger },
        command: ["node", "/runsheet/pull-images.cjs"],
        files: { "pull-images.cjs": bundle("components/kubernetes/in-pod/pull-images.ts") },
        environment: { NAME: pod, POD: JSON.stringify(podOf(args)), SECONDS: String(seconds), HINT: hint },
        serviceAccount: account(name, namespace, rules, { parent: this }, admissionPolicies ? [limit(pod, args)] : []),
        deadlineSeconds: seconds + 120,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

/**
 * Allows the pod alone, with nothing in it that could read a Secret or do more than be pulled. What the cluster adds to
 * every pod is allowed.
 */
function limit(name: string, { images, imagePullSecrets = [] }: PulledImagesArgs): AccountLimit {
  const message = `only the pod ${name} may be created, with the stack's images`;
  const container = among(
    { command: ["true"], ...Object.fromEntries(givenToContainers.map((field) => [field, undefined])) },
    () => "true",
  );
  const secrets = JSON.stringify(imagePullSecrets.map((secret) => secret.name));
  const validations = [
    { expression: holds("object.metadata.name", name), message },
    ...ofFields("object.spec", {
      automountServiceAccountToken: false,
      serviceAccountName: "default",
      restartPolicy: "Never",
      ...Object.fromEntries(givenToPods.map((field) => [field, undefined])),
      imagePullSecrets: new Condition((path) => `${path}.all(secret, secret.name in ${secrets})`, true),
      containers: new Condition(
        (path) =>
          `${path}.all(container, container.image in ${JSON.stringify(images)} && ${holds("container", container)})`,
      ),
    }).map((expression) => ({ expression, message })),
  ];
  return { operation: "CREATE", group: "", resource: "pods", validations };
}

function podOf({ images, imagePullSecrets, nodeSelector, tolerations }: PulledImagesArgs): input.core.v1.PodSpec {
  return {
    securityContext: restrictedPod(),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: "Never",
    terminationGracePeriodSeconds: 0,
    activeDeadlineSeconds: seconds + 60,
    imagePullSecrets: imagePullSecrets && [...imagePullSecrets],
    nodeSelector,
    tolerations: tolerations && [...tolerations],
    containers: images.map((image, index) => ({
      name: `image-${index}`,
      image,
      // An image without it has been pulled all the same.
      command: ["true"],
      resources: limited({ requests: { cpu: "1m", memory: "1Mi" } }, []),
      securityContext: restrictedContainer,
    })),
  };
}
