import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";
import { containerEnvironment, type Environment } from "./environment";
import { filesPath, MountedFiles, type Files } from "./files";
import { restrictedContainer, restrictedPod } from "./restricted";

/** What every pod of Runsheet says about itself: one container, admitted under the restricted standard. */
export interface PodArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  /** Default: the image's own. */
  readonly command?: readonly pulumi.Input<string>[];
  /** Mounted read-only at /runsheet. Default: none. */
  readonly files?: Files | MountedFiles;
  /** Default: none. */
  readonly environment?: Environment;
  /** Names of Secrets whose every key becomes a variable. Default: none. */
  readonly environmentFrom?: readonly pulumi.Input<string>[];
  /** Existing claims, mounted at a path. Default: none. */
  readonly volumes?: readonly { readonly claim: pulumi.Input<string>; readonly path: string }[];
  /** Requests and limits. Default: requests 20m of a CPU and 64Mi of memory, no limit. */
  readonly resources?: input.core.v1.ResourceRequirements;
  /** Numeric user and group of the processes. Default: 1000. */
  readonly user?: number;
  /** Default: the namespace's default account, whose token is not mounted. */
  readonly serviceAccount?: pulumi.Input<string>;
}

/** What a component adds to the pod's one container: ports, probes, lifecycle. */
export type ContainerExtras = Partial<input.core.v1.Container>;

/** The pod's spec; the ConfigMap of its files, if it has any, is created with `opts`. */
export function podSpec(
  name: string,
  args: PodArgs,
  extras: ContainerExtras,
  opts: pulumi.CustomResourceOptions,
): input.core.v1.PodSpec {
  const claims = (args.volumes ?? []).map(({ claim, path }, index) => ({ name: `volume-${index}`, claim, path }));
  const volumes: input.core.v1.Volume[] = [
    { name: "tmp", emptyDir: {} },
    ...(args.files ? [volumeOf(name, args.namespace, args.files, opts)] : []),
    ...claims.map((volume) => ({ name: volume.name, persistentVolumeClaim: { claimName: volume.claim } })),
  ];
  const volumeMounts: input.core.v1.VolumeMount[] = [
    { name: "tmp", mountPath: "/tmp" },
    ...(args.files ? [{ name: "files", mountPath: filesPath, readOnly: true }] : []),
    ...claims.map((volume) => ({ name: volume.name, mountPath: volume.path })),
  ];
  return {
    securityContext: restrictedPod(args.user),
    serviceAccountName: args.serviceAccount,
    automountServiceAccountToken: args.serviceAccount !== undefined,
    enableServiceLinks: false,
    volumes,
    containers: [
      {
        name: "main",
        image: args.image,
        command: args.command && [...args.command],
        env: containerEnvironment({ HOME: "/tmp", ...args.environment }),
        envFrom: args.environmentFrom?.map((secret) => ({ secretRef: { name: secret } })),
        volumeMounts,
        resources: args.resources ?? { requests: { cpu: "20m", memory: "64Mi" } },
        securityContext: restrictedContainer,
        // With this, what a failed container printed last is in Kubernetes' status, and so in Pulumi's error.
        terminationMessagePolicy: "FallbackToLogsOnError",
        ...extras,
      },
    ],
  };
}

function volumeOf(
  name: string,
  namespace: pulumi.Input<string>,
  files: Files | MountedFiles,
  opts: pulumi.CustomResourceOptions,
): input.core.v1.Volume {
  return files instanceof MountedFiles
    ? files.volume
    : MountedFiles.pinned(`${name}-files`, namespace, files, opts).volume;
}
