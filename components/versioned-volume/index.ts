import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { changeId } from "../identity/generation";
import { MountedFiles } from "../kubernetes/mounted-files";
import type { Mount, PodArgs } from "../kubernetes/pod";
import { Task } from "../kubernetes/task";

/** The program that makes a version: its command gets the directory to fill as its last argument. */
export interface VolumeSource extends Pick<PodArgs, "image" | "environment"> {
  readonly command: readonly pulumi.Input<string>[];
  /** Default: none. */
  readonly files?: readonly MountedFiles[];
}

export interface VersionedVolumeArgs {
  readonly namespace: pulumi.Input<string>;
  /** An image with a shell, GNU tar and sha256sum, for backup and restore. */
  readonly image: string;
  /** Size of the volume, and of the one with the backups. */
  readonly storage: string;
  /** Of the volume with the versions: ReadWriteMany where pods run on several nodes. */
  readonly accessMode: "ReadWriteOnce" | "ReadWriteMany";
  /** Default: the cluster's own. */
  readonly storageClass?: string;
  /** Whether the volumes can be deleted only after `pulumi state unprotect`. */
  readonly protect: boolean;
  /** The version that is wanted: a name of letters, digits, dots, dashes. */
  readonly version: string;
  readonly source: VolumeSource;
  /** The backup that the version is to come from instead, by the name of the version that was backed up. Default: none. */
  readonly restore?: string;
  /** A task that takes longer than this many seconds is ended, and failed. */
  readonly deadlineSeconds: number;
}

const script = (name: string) => readFileSync(join(__dirname, "in-pod", name), "utf8");

/**
 * A volume with files that pods only read, such as machine learning models, and a backup of each of its versions.
 *
 * A version is a directory: it is made whole, with checksums, and never written to again. Pods mount the one that they
 * were rolled out with, so that going to another version, or to a restored one, is a rollout like any other; and a backup
 * never copies what is being written. Earlier versions stay, for going back.
 */
export class VersionedVolume extends pulumi.ComponentResource {
  private readonly claim: pulumi.Output<string>;
  private readonly directory: pulumi.Output<string>;

  constructor(name: string, args: VersionedVolumeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:VersionedVolume", name, {}, opts);
    const { namespace, image, version, source, restore, deadlineSeconds } = args;
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
    // Another restore of the same backup is another directory: the one before it may be what was damaged.
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
          deadlineSeconds,
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
          deadlineSeconds,
          trigger: [id],
        },
        { parent: this, dependsOn: provided },
      );
    } else {
      provide({ image, command: ["sh", "/runsheet/restore.sh", restore] }, [volume, { ...backups, readOnly: true }]);
    }
    this.registerOutputs({});
  }

  /** The version, for pods to read at `path`. */
  mount(path: string): Mount {
    return { claim: this.claim, path, subPath: this.directory, readOnly: true };
  }

  private volume(name: string, { namespace, storage, accessMode, storageClass, protect }: VersionedVolumeArgs) {
    const claim = new PersistentVolumeClaim(
      name,
      {
        // It is bound when the first pod uses it, so nothing can be waited for here.
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
