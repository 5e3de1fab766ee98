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
  /** What the dump is called, without an extension. */
  readonly fileName: string;
  /** Tables, with their schema, that a dump must hold to count. */
  readonly tables: readonly string[];
  /** What makes a new dump due. */
  readonly trigger: readonly pulumi.Input<string>[];
  /** Size of the volume that holds the dumps. Default: 1Gi. */
  readonly storage?: string;
}

/**
 * A dump of the database on a volume, verified before it counts: read back whole, its checksum taken, the tables found
 * in it, and a manifest written last.
 */
export class Dump extends pulumi.ComponentResource {
  constructor(name: string, args: DumpArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Dump", name, {}, opts);
    const volume = new PersistentVolumeClaim(
      name,
      {
        // The volume is bound when the first dump uses it, so nothing can be waited for here.
        metadata: { name, namespace: args.namespace, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: args.storage ?? "1Gi" } } },
      },
      { parent: this },
    );
    new Task(
      name,
      {
        namespace: args.namespace,
        image: args.image,
        command: ["sh", "/runsheet/dump.sh", args.fileName, ...args.tables],
        files: { "dump.sh": readFileSync(join(__dirname, "dump.sh"), "utf8") },
        environment: args.database.owner.environment(),
        volumes: [{ claim: volume.metadata.name, path: "/dumps" }],
        trigger: [args.database.identity, ...args.trigger],
        deadlineSeconds: 3600,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
