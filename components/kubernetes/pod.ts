import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";
import { tokenMount, tokenVolume } from "./account-token";
import { attempt, handover, unlessFailed, type Before } from "./init-containers";
import type { ContainerArgs } from "./container";
import { containerEnvironment, literalCommand, secretFiles, secretVolumes, type SecretFile } from "./environment";
import { logContainers, type LogFiles } from "./log-containers";
import { filesPath, MountedFiles, type Files } from "./mounted-files";
import { limited, temporary, usualRequests, type Resources } from "./resources";
import { restrictedContainer, restrictedPod } from "./restricted";

/** Pod with one main container, which is admitted under the restricted standard. */
export interface PodArgs extends ContainerArgs {
  readonly namespace: pulumi.Input<string>;
  /**
   * Init containers, in order. They mount the same files and volumes, and need a shell in their image. Default: none.
   */
  readonly before?: readonly Before[];
  /** Files, mounted read-only at /runsheet. Several are combined in that directory. Default: none. */
  readonly files?: Files | MountedFiles | readonly MountedFiles[];
  /** Volumes: existing claims and ConfigMaps, and space that lives as long as the pod. Default: none. */
  readonly volumes?: readonly Mount[];
  /** Log files that its program writes in the volumes, to be copied to where output is collected. Default: none. */
  readonly logs?: LogFiles;
  /** Requests and limits. Default: requests 20m of a CPU and 64Mi of memory, and the limits of `limited`. */
  readonly resources?: Resources;
  /** Labels of the nodes that may run it. Default: each node may. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Taints of nodes that it tolerates. Default: none. */
  readonly tolerations?: readonly input.core.v1.Toleration[];
  /** Numeric user and group of the processes. Default: 1000. */
  readonly user?: number;
  /**
   * Service account, whose token the containers have that ask the cluster. Default: the namespace's default account, whose
   * token no container has.
   */
  readonly serviceAccount?: pulumi.Input<string>;
  /** The main container's program asks the API server, as `serviceAccount`. Default: true. */
  readonly asksCluster?: boolean;
}

/** Volume of a pod and its mount path. A changed ConfigMap reaches a running pod within a minute. */
export type Mount = { readonly path: string } & (
  Claim | Scratch | Ephemeral | { readonly configMap: pulumi.Input<string> }
);

/** Space on the node's disk, such as "1Gi". A pod that takes more is evicted. */
interface Scratch {
  readonly scratch: string;
}

/** Volume that is created and deleted with the pod, such as "1Gi". */
interface Ephemeral {
  readonly ephemeral: string;
  /** Default: the cluster's default storage class. */
  readonly storageClass?: string;
}

interface Claim {
  readonly claim: pulumi.Input<string>;
  /** Directory of the volume to mount. Default: its root. */
  readonly subPath?: pulumi.Input<string>;
  /** Default: false. */
  readonly readOnly?: boolean;
}

/** Fields that a component adds to the main container: ports, probes, lifecycle. */
export type ContainerExtras = Partial<input.core.v1.Container>;

/** Returns the pod's spec. The ConfigMap of its files, if any, is created with `opts`. */
export function podSpec(
  name: string,
  args: PodArgs,
  extras: ContainerExtras,
  opts: pulumi.CustomResourceOptions,
): input.core.v1.PodSpec {
  const mounts = (args.volumes ?? []).map((mount, index) => ({ name: `volume-${index}`, mount }));
  const { before } = args;
  const secrets = secretFiles([args.environment, ...(before ?? []).map(({ environment }) => environment)]);
  const ofSecrets = secretVolumes(secrets);
  const hasOwnTmp = mounts.some(({ mount }) => mount.path === "/tmp");
  const volumes: input.core.v1.Volume[] = [
    ...(hasOwnTmp ? [] : [{ name: "tmp", emptyDir: { sizeLimit: temporary } }]),
    ...(before ? [{ name: "before", emptyDir: { sizeLimit: temporary } }] : []),
    ...(args.files ? [volumeOf(name, args.namespace, args.files, opts)] : []),
    ...ofSecrets.volumes,
    ...(args.serviceAccount === undefined ? [] : [tokenVolume]),
    ...mounts.map(({ name, mount }) => ({ name, ...sourceOf(mount) })),
  ];
  const volumeMounts: input.core.v1.VolumeMount[] = [
    ...(hasOwnTmp ? [] : [{ name: "tmp", mountPath: "/tmp" }]),
    ...(before ? [{ name: "before", mountPath: handover }] : []),
    ...(args.files ? [{ name: "files", mountPath: filesPath, readOnly: true }] : []),
    ...ofSecrets.mounts,
    ...mounts.map(({ name, mount }) => ({ name, mountPath: mount.path, ...waysOf(mount) })),
  ];
  const ofToken = args.serviceAccount === undefined ? [] : [tokenMount];
  const common = {
    resources: limited(args.resources ?? { requests: usualRequests }, scratchOf(args.volumes ?? [])),
    securityContext: restrictedContainer,
    // It puts the last output of a failed container into its status, and so into Pulumi's error.
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
  return {
    securityContext: restrictedPod(args.user),
    serviceAccountName: args.serviceAccount,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    nodeSelector: args.nodeSelector,
    tolerations: args.tolerations && [...args.tolerations],
    volumes,
    initContainers: (before ?? args.logs) && [
      ...(before ?? []).map((each, index) => ({
        name: `before-${index}`,
        ...running(attempt(each), secrets),
        volumeMounts: [...volumeMounts, ...(each.asksCluster ? ofToken : [])],
        ...common,
      })),
      ...(args.logs ? logContainers(args.logs, mounts.map(whereOf)) : []),
    ],
    containers: [
      {
        name: "main",
        ...running(before ? unlessFailed(args) : args, secrets),
        volumeMounts: [...volumeMounts, ...(args.asksCluster === false ? [] : ofToken)],
        ...common,
        ...extras,
      },
    ],
  };
}

const running = (
  { image, command, replacesVariables, environment }: ContainerArgs,
  secrets: readonly SecretFile[],
) => ({
  image,
  command: command && (replacesVariables ? [...command] : literalCommand(command)),
  env: containerEnvironment({ HOME: "/tmp", ...environment }, secrets),
});

const whereOf = ({ name, mount }: { readonly name: string; readonly mount: Mount }) => ({
  name,
  mountPath: mount.path,
});

/** Sizes of the space that the mounts take of the node's disk. */
const scratchOf = (mounts: readonly Mount[]) => mounts.flatMap((mount) => ("scratch" in mount ? [mount.scratch] : []));

const waysOf = (mount: Mount): Partial<input.core.v1.VolumeMount> =>
  "claim" in mount ? { subPath: mount.subPath, readOnly: mount.readOnly } : { readOnly: "configMap" in mount };

function sourceOf(mount: Mount): Partial<input.core.v1.Volume> {
  if ("scratch" in mount) return { emptyDir: { sizeLimit: mount.scratch } };
  if ("ephemeral" in mount) {
    const resources = { requests: { storage: mount.ephemeral } };
    const spec = { accessModes: ["ReadWriteOnce"], storageClassName: mount.storageClass, resources };
    return { ephemeral: { volumeClaimTemplate: { spec } } };
  }
  return "claim" in mount
    ? { persistentVolumeClaim: { claimName: mount.claim } }
    : { configMap: { name: mount.configMap } };
}

function volumeOf(
  name: string,
  namespace: pulumi.Input<string>,
  files: Files | MountedFiles | readonly MountedFiles[],
  opts: pulumi.CustomResourceOptions,
): input.core.v1.Volume {
  if (files instanceof MountedFiles) return files.volume;
  return isList(files)
    ? MountedFiles.together(files)
    : MountedFiles.pinned(`${name}-files`, namespace, files, opts).volume;
}

/** Narrows a readonly array, which `Array.isArray` does not. */
const isList = (files: Files | readonly MountedFiles[]): files is readonly MountedFiles[] => Array.isArray(files);
