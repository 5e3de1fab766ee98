/** Restore of a dump into the database that exists. */
import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";
import { bundle } from "../kubernetes/bundle";
import { handover, type Before } from "../kubernetes/init-containers";
import { MountedFiles } from "../kubernetes/mounted-files";
import { mebibytes } from "../kubernetes/quantity";
import { account, type AccountLimit } from "../kubernetes/service-account";
import { Task } from "../kubernetes/task";
import { verificationOf, type MigrationImages } from "../migrations";
import { storeEnvironment, type StoreAccess } from "../object-store";
import { dumpPod, dumpScripts, scriptContainer, storeContainer, type DumpPodArgs } from "./dump-pod";
import { storeProgram } from "./dumps";
import { recordName, safetyDumpFile } from "./restore-record";
import { acceptingUnsigned } from "./restore";

export interface RestoreInPlaceArgs extends DumpPodArgs {
  /** Identifier of the restore. A restore that was done is not done again, unless it has another one. */
  readonly id: string;
  /** Name of the dump in the store, such as daily/20261127T010000Z. */
  readonly dump: string;
  /** Takes a dump of the present state first. Without it, what was written since the dump is lost for good. */
  readonly safetyDump: boolean;
  /** True if the namespace has things of others, which are not stopped. */
  readonly shared: boolean;
  /** Stock Node.js image. */
  readonly node: string;
  readonly images: MigrationImages;
  /** npm packages that bundled programs require. */
  readonly packages: MountedFiles;
  /** Access to the dumps in the object store. */
  readonly access: StoreAccess;
  /** Restores a dump although the stack has not signed it. */
  readonly unsigned: boolean;
  /** Limit for replacing the contents, and for verifying them, in seconds each. */
  readonly deadlineSeconds: number;
  /** Key of the configuration that has this limit, which errors name. */
  readonly deadlineKey: string;
  /** Limit for a dump or a proof, in seconds. */
  readonly dumpDeadlineSeconds: number;
  /** Limits by admission policies what its account may create and change. Default: false. */
  readonly admissionPolicies?: boolean;
}

/** Time for the pods of the writers to end, in seconds. */
const stopSeconds = 600;

const fetched = "/dumps/restored.dump";
const handedName = `${handover}/${safetyDumpFile}`;

/**
 * Replaces what is in a dump's schemas by the dump, while nothing writes to the database:
 *
 * 1. The dump is downloaded, proven unless it was (if dumps are), and everything that would make the restore fail is
 *    looked for.
 * 2. Deployments, CronJobs and their Jobs are stopped, and other logins refused as far as the rights permit.
 * 3. A dump of the present state is taken, proven and stored.
 * 4. One transaction replaces the contents, completely or not at all. The changes are verified.
 * 5. Logins are accepted and everything is started again, if the database is verified or as it was.
 *
 * A ConfigMap records what is stopped. The next run, or WritersTakenBack, starts it also if this one is killed.
 */
export class RestoreInPlace extends Task {
  constructor(name: string, args: RestoreInPlaceArgs, opts: pulumi.ComponentResourceOptions) {
    const { namespace, id, dump, safetyDump, system, node, images, source, access } = args;
    const ofParent = { parent: opts.parent };
    const environment = {
      ...acceptingUnsigned(args.unsigned),
      RESTORE: id,
      DUMP: dump,
      SAFETY: safetyDump ? `${system}-before-restore` : "",
      SECONDS: String(stopSeconds),
      ...(args.shared && { WRITERS: system }),
    };
    const step = (name: string) => {
      const container = inPlace(args, name);
      // The store's authority is in one file with the database's.
      const all = { ...environment, ...container.environment, ...storeEnvironment(access) };
      return { ...container, environment: all, asksCluster: true };
    };
    const script = (command: readonly string[]): Before => ({ ...scriptContainer(args, command), optional: true });
    const ofDump = limited(args.dumpDeadlineSeconds, `${system}:dump.deadlineSeconds`);
    const ofRestore = limited(args.deadlineSeconds, args.deadlineKey);
    const verification = verificationOf({ images, source, owner: args.database.owner });
    const before: Before[] = [
      step("begin"),
      script(["sh", "/runsheet/replace.sh", "check", fetched]),
      ...(args.proof === "restore"
        ? [script(onlyIf(`${fetched}.unproven`, ofDump(["sh", "/runsheet/prove.sh", fetched])))]
        : []),
      { ...step("stop"), optional: true },
      script(onlyIf(handedName, ofDump(["sh", "-euc", `exec sh /runsheet/dump.sh "$(cat ${handedName})"`]))),
      storing(storeContainer(node, access, "put", "before-migration")),
      { ...step("saved"), optional: true },
      script(ofRestore(["sh", "/runsheet/replace.sh", "restore", fetched])),
      { ...verification, command: ofRestore(verification.command), optional: true },
      { ...step("resume"), always: true },
    ];
    const programs = { ...program(), ...storeProgram(), ...dumpScripts({ schemas: "*" }) };
    const files = [MountedFiles.pinned(`${name}-files`, namespace, programs, ofParent), args.project, args.packages];
    // The dump that is restored, and the one of the state before.
    const room = { scratch: `${2 * mebibytes(args.storage)}Mi`, path: "/dumps" };
    super(
      name,
      {
        ...dumpPod(args, step("report"), files, [room], 2),
        before,
        trigger: [id],
        serviceAccount: account(name, namespace, rules, ofParent, args.admissionPolicies ? limits : []),
        deadlineSeconds: 3 * args.dumpDeadlineSeconds + 2 * args.deadlineSeconds + stopSeconds,
        ...{ deadlineKey: args.deadlineKey, keySeconds: args.deadlineSeconds },
      },
      opts,
    );
  }
}

/** Starts what a restore has stopped that is no longer in the configuration. */
export class WritersTakenBack extends Task {
  constructor(
    name: string,
    args: Pick<RestoreInPlaceArgs, "namespace" | "node" | "packages" | "database" | "system" | "admissionPolicies">,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const ofParent = { parent: opts.parent };
    const { namespace, packages } = args;
    const files = [MountedFiles.pinned(`${name}-files`, namespace, program(), ofParent), packages];
    const serviceAccount = account(name, namespace, rules, ofParent, args.admissionPolicies ? limits : []);
    super(name, { namespace, ...inPlace(args, "take-back"), files, serviceAccount }, opts);
  }
}

const program = () => ({ "in-place.cjs": bundle("components/backups/in-pod/in-place-program.ts") });

const inPlace = ({ node, database }: Pick<RestoreInPlaceArgs, "node" | "database">, step: string) => ({
  image: node,
  command: ["node", "/runsheet/in-place.cjs", step],
  environment: database.owner.environment(),
});

/** Stores the dump of the state before, if one was taken. */
const storing = ({ command, ...container }: Before): Before => ({
  ...container,
  command: onlyIf(handedName, command),
  optional: true,
});

/** Runs a command only if a file is there. */
const onlyIf = <Word extends pulumi.Input<string>>(file: string, command: readonly Word[]) => [
  ...["sh", "-c", `[ ! -e ${file} ] || exec "$@"`, "sh"],
  ...command,
];

/** Limits the time of a command. The error names the key of the limit. */
const limited =
  (seconds: number, key: string) =>
  <Word extends pulumi.Input<string>>(command: readonly Word[]) => {
    const advice = `it took longer than ${seconds} s. What to do: raise ${key}`;
    const script = `timeout ${seconds} "$@" || { status=$?; [ $status != 124 ] || echo "${advice}" >&2; exit $status; }`;
    return [...["sh", "-c", script, "sh"], ...command];
  };

const rules: input.rbac.v1.PolicyRule[] = [
  { apiGroups: ["apps"], resources: ["deployments"], verbs: ["list"] },
  { apiGroups: ["apps"], resources: ["deployments/scale"], verbs: ["patch"] },
  { apiGroups: ["batch"], resources: ["cronjobs", "jobs"], verbs: ["list", "patch"] },
  { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
  { apiGroups: [""], resources: ["configmaps"], resourceNames: [recordName], verbs: ["get", "patch", "delete"] },
  // RBAC cannot restrict `create` by name. An admission policy does.
  { apiGroups: [""], resources: ["configmaps"], verbs: ["create"] },
];

const limits: readonly AccountLimit[] = [
  {
    operation: "UPDATE",
    group: "batch",
    resource: "cronjobs",
    validations: [
      {
        expression: "object.spec.jobTemplate == oldObject.spec.jobTemplate",
        message: "a restore may suspend a CronJob, and may not change what its pods run",
      },
    ],
  },
  {
    operation: "CREATE",
    group: "",
    resource: "configmaps",
    validations: [
      {
        expression: `object.metadata.name == ${JSON.stringify(recordName)}`,
        message: `only the ConfigMap ${recordName} may be created`,
      },
    ],
  },
];
