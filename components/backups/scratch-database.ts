/** Containers that restore a scratch database beside the live one, verify it and delete it. */
import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";
import type { Before } from "../kubernetes/init-containers";
import { bundle } from "../kubernetes/bundle";
import type { ContainerArgs } from "../kubernetes/container";
import { MountedFiles } from "../kubernetes/mounted-files";
import type { AccountLimit } from "../kubernetes/service-account";
import { scratchValidations, type ScratchCluster } from "../postgres";

/** Verification of the database. `container` is given its host; `files` are mounted into /runsheet for it. */
export interface ScratchVerification {
  readonly files: MountedFiles;
  readonly container: (host: string) => Before;
}

export interface ScratchDatabase {
  /** Init containers: restore the database, verify it, and delete it even after a failure. */
  readonly before: readonly Before[];
  /** Main container: reports success. */
  readonly report: ContainerArgs & { readonly command: readonly pulumi.Input<string>[]; readonly asksCluster: false };
  readonly files: readonly MountedFiles[];
  /** Rules for the pod's service account. */
  readonly rules: input.rbac.v1.PolicyRule[];
  /** Limits of the requests of that account. Empty if the stack makes no admission policies. */
  readonly limits: readonly AccountLimit[];
}

export interface ScratchDatabaseArgs {
  readonly namespace: pulumi.Input<string>;
  /** A stock Node.js image. */
  readonly image: string;
  /** Cluster to restore, under the given name. */
  readonly cluster: (name: string) => pulumi.Output<object>;
  /** Default: none. The database passes when it is ready. */
  readonly verification?: ScratchVerification;
  /** Limit for the database to become ready, in seconds. */
  readonly seconds: number;
  /** Limits by an admission policy what the account may create. Default: false. */
  readonly admissionPolicies?: boolean;
}

/** Declares the containers for a scratch database called `name`-database. */
export function scratchDatabase(
  name: string,
  { namespace, image, cluster, verification, seconds, admissionPolicies }: ScratchDatabaseArgs,
  opts: pulumi.CustomResourceOptions,
): ScratchDatabase {
  const program = { "scratch.cjs": bundle("components/backups/in-pod/scratch.ts") };
  const files = MountedFiles.pinned(`${name}-files`, namespace, program, opts);
  // It must differ from the service account's name: the operator makes a service account with the cluster's name.
  const database = `${name}-database`;
  const described = cluster(database);
  const environment = { CLUSTER: pulumi.jsonStringify(described), SECONDS: String(seconds) };
  const scratch = (command: string) => ({ image, command: ["node", "/runsheet/scratch.cjs", command], environment });
  return {
    before: [
      { ...scratch("begin"), optional: true, asksCluster: true },
      ...(verification ? [{ ...verification.container(`${database}-rw`), optional: true }] : []),
      { ...scratch("end"), always: true, asksCluster: true },
    ],
    report: { ...scratch("report"), asksCluster: false },
    files: [files, ...(verification ? [verification.files] : [])],
    rules: [
      {
        apiGroups: ["postgresql.cnpg.io"],
        resources: ["clusters"],
        resourceNames: [database],
        verbs: ["get", "delete"],
      },
      // RBAC cannot restrict `create` by name. An admission policy does.
      { apiGroups: ["postgresql.cnpg.io"], resources: ["clusters"], verbs: ["create"] },
    ],
    limits: admissionPolicies
      ? [
          {
            operation: "CREATE",
            group: "postgresql.cnpg.io",
            resource: "clusters",
            validations: described.apply((object) => scratchValidations(object as ScratchCluster)),
          },
        ]
      : [],
  };
}
