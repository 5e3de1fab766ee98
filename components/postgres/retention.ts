/** Wait of both schedules that delete backups, while a restore is at work. */
import type * as pulumi from "@pulumi/pulumi";
import { bundle } from "../kubernetes/bundle";
import { MountedFiles } from "../kubernetes/mounted-files";
import type { PodArgs } from "../kubernetes/pod";
import type { ScheduleArgs } from "../kubernetes/schedule";
import { account } from "../kubernetes/service-account";

/** Limit for restores to end, in seconds. The next run is a day later. */
const waitSeconds = 12 * 3600;
/** Limit for the deletion itself, in seconds. */
const deletionSeconds = 3600;

/** Pod that deletes backups. */
export type DeletingPod = Omit<PodArgs, "files"> & { readonly files?: readonly MountedFiles[] };

/**
 * Lets a pod that deletes backups wait until no restore is at work in its namespace. It fails if that takes longer than 12
 * hours, and has deleted nothing.
 * @param node a stock Node.js image
 * @param cron schedule, in UTC
 */
export function afterRestores(
  name: string,
  { node, cron, ...pod }: DeletingPod & { readonly node: string; readonly cron: string },
  opts: pulumi.CustomResourceOptions,
): ScheduleArgs {
  const { namespace, files = [] } = pod;
  const program = { "until-no-restore.cjs": bundle("components/postgres/in-pod/until-no-restore.ts") };
  const waiting = MountedFiles.pinned(`${name}-waiting`, namespace, program, opts);
  const rules = [
    { apiGroups: ["batch"], resources: ["jobs"], verbs: ["list"] },
    { apiGroups: ["postgresql.cnpg.io"], resources: ["clusters"], verbs: ["list"] },
  ];
  const wait = {
    image: node,
    command: ["node", "/runsheet/until-no-restore.cjs"],
    environment: { SECONDS: String(waitSeconds) },
    asksCluster: true,
  };
  return {
    ...pod,
    before: [wait],
    asksCluster: false,
    files: [...files, waiting],
    serviceAccount: account(name, namespace, rules, opts),
    cron,
    deadlineSeconds: waitSeconds + deletionSeconds,
  };
}
