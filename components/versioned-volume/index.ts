import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { changeId } from "../identity/generation";
import { MountedFiles } from "../kubernetes/mounted-files";
import type { Mount, PodArgs } from "../kubernetes/pod";
import { Task } from "../kubernetes/task";

/** Program that creates a version. The directory to fill is the last argument of its command. */
export interface VolumeSource extends Pick<PodArgs, "image" | "environment" | "nodeSelector" | "tolerations"> {
  readonly command: readonly pulumi.Input<string>[];
  /** Default: []. */
  readonly files?: readonly MountedFiles[];
}

export interface VersionedVolumeArgs {
  readonly namespace: pulumi.Input<string>;
  /** Image with a shell, GNU tar and sha256sum, for backup and restore. */
  readonly image: string;
  /** Size of the volume, and of the one for the backups. */
  readonly storage: string;
  /** Access mode of the volume: ReadWriteMany if its pods run on several nodes. */
  readonly accessMode: "ReadWriteOnce" | "ReadWriteMany";
  /** Default: the cluster's default storage class. */
  readonly storageClass?: string;
  /** Protects the volumes: they can be deleted only after `pulumi state unprotect`. */
  readonly protect: boolean;
  /** Version to provide: a name of letters, digits, dots and dashes. */
  readonly version: string;
  readonly source: VolumeSource;
  /** Backed-up version to restore instead. Default: none. */
  readonly restore?: string;
  /** Limit for a task, in seconds. A Job that takes longer is ended and has failed. */
  readonly deadlineSeconds: number;
  /** Key of the configuration that has this limit, which the error names. Default: none has. */
  readonly deadlineKey?: string;
}

const script = (name: string) => readFileSync(join(__dirname, "in-pod", name), "utf8");

/**
 * Volume with files that pods only read, such as machine learning models, and a backup of each version.
 *
 * A version is a directory. It is created completely, with checksums, and never written to again, so a backup never
 * copies a file that is being written. Pods mount the version that they were rolled out with. Changing to another
 * version, or to a restored one, is therefore a normal rollout. Earlier versions are kept, for going back.
 */
export class VersionedVolume extends pulumi.ComponentResource {
  private readonly claim: pulumi.Output<string>;
  private readonly directory: pulumi.Output<string>;

  constructor(name: string, args: VersionedVolumeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:VersionedVolume", name, {}, opts);
    const { namespace, image, version, source, restore, deadlineSeconds, deadlineKey } = args;
    this.claim = this.volume(name, args);
    const backups = {
      claim: this.volume(`${name}-backups`, { ...args, accessMode: "ReadWriteOnce" }),
      path: "/backups",
    };
    const volume = { claim: this.claim, path: "/volume" };
    const scripts = MountedFiles.pinned(
      `${name}-scripts`,
      namespace,
      { "provide.sh": script("provide.sh"), "backup.sh": script("backup.sh"), "restore.sh": script("restore.sh") },
      { parent: this },
    );
    // Another restore of the same backup gets another directory, for the earlier one may be damaged.
    const id = changeId(`${name}-version`, { version, restore: restore ?? "" }, { parent: this });
    this.directory = restore === undefined ? pulumi.output(version) : pulumi.interpolate`${restore}-restored-${id}`;

    const provide = (program: VolumeSource, volumes: readonly Mount[]) =>
      new Task(
        `${name}-provide`,
        {
          namespace,
          ...program,
          command: ["sh", "/runsheet/provide.sh", this.directory, ...program.command],
          files: [...(program.files ?? []), scripts],
          volumes,
          ...{ deadlineSeconds, deadlineKey },
          trigger: [id],
        },
        { parent: this },
      );
    if (restore === undefined) {
      const provided = provide(source, [volume]);
      new Task(
        `${name}-backup`,
        {
          namespace,
          image,
          command: ["sh", "/runsheet/backup.sh", version],
          files: scripts,
          volumes: [{ ...volume, readOnly: true }, backups],
          ...{ deadlineSeconds, deadlineKey },
          trigger: [id],
        },
        { parent: this, dependsOn: provided },
      );
    } else {
      provide({ image, command: ["sh", "/runsheet/restore.sh", restore] }, [volume, { ...backups, readOnly: true }]);
    }
    this.registerOutputs({});
  }

  /** Returns a mount of the version at `path`, for pods. */
  mount(path: string): Mount {
    return { claim: this.claim, path, subPath: this.directory, readOnly: true };
  }

  private volume(name: string, { namespace, storage, accessMode, storageClass, protect }: VersionedVolumeArgs) {
    const claim = new PersistentVolumeClaim(
      name,
      {
        // The volume is bound when the first pod uses it, so waiting for it here would never end.
        metadata: { name, namespace, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          accessModes: [accessMode],
          storageClassName: storageClass,
          resources: { requests: { storage } },
        },
      },
      { parent: this, protect },
    );
    return claim.metadata.name;
  }
}
