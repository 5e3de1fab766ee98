import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Postgres } from "../postgres";
import { Task } from "../task";

export interface DumpArgs {
  readonly namespace: pulumi.Input<string>;
  /** The image with pg_dump and pg_restore, not older than the server. */
  readonly image: string;
  readonly database: Postgres;
  /** What the dump is called, without an extension. One that is there is never overwritten. */
  readonly fileName: pulumi.Input<string>;
  /** What makes a new dump due. */
  readonly trigger: readonly pulumi.Input<string>[];
  /** Size of the volume that holds the dumps. */
  readonly storage: string;
  /** A dump that takes longer than this many seconds is ended, and failed. */
  readonly deadlineSeconds: number;
  /** Whether the volume can be deleted only after `pulumi state unprotect`. */
  readonly protect: boolean;
}

/**
 * A dump of the database on a volume, verified before it counts: read back whole, its checksum taken, every table of the
 * database found in it, and a manifest written last.
 */
export class Dump extends pulumi.ComponentResource {
  constructor(name: string, args: DumpArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Dump", name, {}, opts);
    const volume = new PersistentVolumeClaim(
      name,
      {
        // The volume is bound when the first dump uses it, so nothing can be waited for here.
        metadata: { name, namespace: args.namespace, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: args.storage } } },
      },
      { parent: this, protect: args.protect },
    );
    new Task(
      name,
      {
        namespace: args.namespace,
        image: args.image,
        command: ["sh", "/runsheet/dump.sh", args.fileName],
        files: { "dump.sh": readFileSync(join(__dirname, "dump.sh"), "utf8") },
        environment: args.database.owner.environment(),
        volumes: [{ claim: volume.metadata.name, path: "/dumps" }],
        trigger: [args.database.identity, ...args.trigger],
        deadlineSeconds: args.deadlineSeconds,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
