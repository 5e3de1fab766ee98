/** The containers of a pod that bring a database back beside the live one, verify it and throw it away. */
import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";
import type { Before } from "../kubernetes/init-containers";
import { bundle } from "../kubernetes/bundle";
import type { ContainerArgs } from "../kubernetes/container";
import { MountedFiles } from "../kubernetes/mounted-files";

/** Verifies the database, given the host that it is reached by; `files` is what that needs in /runsheet. */
export interface ScratchVerification {
  readonly files: MountedFiles;
  readonly container: (host: string) => Before;
}

export interface ScratchDatabase {
  /** Brings it back, verifies it, and takes it away whatever happened. */
  readonly before: readonly Before[];
  /** Says that all went well. */
  readonly report: ContainerArgs & { readonly command: readonly pulumi.Input<string>[] };
  readonly files: readonly MountedFiles[];
  /** What the pod's account must be allowed. */
  readonly rules: input.rbac.v1.PolicyRule[];
}

export interface ScratchDatabaseArgs {
  readonly namespace: pulumi.Input<string>;
  /** A stock Node.js image. */
  readonly image: string;
  /** The Cluster that is brought back, by a name of its own. */
  readonly cluster: (name: string) => pulumi.Output<object>;
  /** Default: a database that is ready has passed. */
  readonly verification?: ScratchVerification;
  /** How long the database may take to be there, in seconds. */
  readonly seconds: number;
}

/** A database called `name`-database. */
export function scratchDatabase(
  name: string,
  { namespace, image, cluster, verification, seconds }: ScratchDatabaseArgs,
  opts: pulumi.CustomResourceOptions,
): ScratchDatabase {
  const program = { "scratch.cjs": bundle("components/backups/in-pod/scratch.ts") };
  const files = MountedFiles.pinned(`${name}-files`, namespace, program, opts);
  // Not the name of the account: the operator makes one that is called after the cluster.
  const database = `${name}-database`;
  const environment = { CLUSTER: pulumi.jsonStringify(cluster(database)), SECONDS: String(seconds) };
  const scratch = (command: string) => ({ image, command: ["node", "/runsheet/scratch.cjs", command], environment });
  return {
    before: [
      { ...scratch("begin"), optional: true },
      ...(verification ? [{ ...verification.container(`${database}-rw`), optional: true }] : []),
      { ...scratch("end"), always: true },
    ],
    report: scratch("report"),
    files: [files, ...(verification ? [verification.files] : [])],
    rules: [
      {
        apiGroups: ["postgresql.cnpg.io"],
        resources: ["clusters"],
        resourceNames: [database],
        verbs: ["get", "delete"],
      },
      // Itself, which the database is owned by.
      { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
      // RBAC cannot restrict `create` by name.
      { apiGroups: ["postgresql.cnpg.io"], resources: ["clusters"], verbs: ["create"] },
    ],
  };
}
