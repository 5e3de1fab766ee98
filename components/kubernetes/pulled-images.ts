import type { input } from "@pulumi/kubernetes/types";
import * as pulumi from "@pulumi/pulumi";
import { bundle } from "./bundle";
import type { PodArgs } from "./pod";
import { limited } from "./resources";
import { restrictedContainer, restrictedPod } from "./restricted";
import { account } from "./service-account";
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
  /** Values that make the images be pulled again when one of them changes. */
  readonly trigger: readonly pulumi.Input<string>[];
}

/** Limit for the pull of all images, in seconds. */
const seconds = 1800;

/**
 * Job that lets a node pull images as pods do, before anything is changed. Its error has the image and what the registry
 * answered. It makes a pod with them and deletes it, because a container of its own that cannot be pulled says nothing.
 */
export class PulledImages extends pulumi.ComponentResource {
  constructor(name: string, args: PulledImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:PulledImages", name, {}, opts);
    const { namespace, image, hint, trigger } = args;
    const pod = `${name}-pull`;
    const rules = [
      { apiGroups: [""], resources: ["pods"], resourceNames: [pod], verbs: ["get", "delete"] },
      // RBAC cannot restrict `create` by name.
      { apiGroups: [""], resources: ["pods"], verbs: ["create"] },
    ];
    new Task(
      name,
      {
        ...{ namespace, image, trigger },
        command: ["node", "/runsheet/pull-images.cjs"],
        files: { "pull-images.cjs": bundle("components/kubernetes/in-pod/pull-images.ts") },
        environment: { NAME: pod, POD: JSON.stringify(podOf(args)), SECONDS: String(seconds), HINT: hint },
        serviceAccount: account(name, namespace, rules, { parent: this }),
        deadlineSeconds: seconds + 120,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
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
