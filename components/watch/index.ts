import * as pulumi from "@pulumi/pulumi";
import { AppSecrets } from "../kubernetes/app-secrets";
import { bundle } from "../kubernetes/bundle";
import type { Environment } from "../kubernetes/environment";
import { MountedFiles } from "../kubernetes/mounted-files";
import { account } from "../kubernetes/service-account";
import { Task } from "../kubernetes/task";
import type { Workload } from "../workload";
import { longestSeconds, type WatchPlan } from "./condition";

export type { Condition, WatchPlan, WatchTimes } from "./condition";

/** Prometheus that knows the metrics of a stack. */
export interface Prometheus {
  /** URL that pods reach, with the path in front of /api, if it has one. */
  readonly url: string;
  /** Bearer token. Default: none. */
  readonly token?: pulumi.Output<string>;
  /** Certificate authority as PEM, beside the publicly trusted ones. Default: none. */
  readonly ca?: string;
}

export interface WatchArgs {
  readonly namespace: pulumi.Input<string>;
  /** Stock Node.js image. */
  readonly image: string;
  readonly prometheus: Prometheus;
  readonly plan: Omit<WatchPlan, "url">;
  /** Workloads of the release. */
  readonly workloads: readonly Workload[];
  /** Limit for a rollout without progress, in seconds, if the release is taken back. */
  readonly rolloutSeconds: number;
  /** Text that is new whenever the schema is. A release is taken back only where it is not. */
  readonly schema: pulumi.Input<string>;
  /** Values that make the watch run again when one of them changes. */
  readonly trigger: readonly pulumi.Input<string>[];
}

/** Time for the start of the pod, and for questions that Prometheus answers late, in seconds. */
const spareSeconds = 600;

/**
 * Watch of a release after its rollout: conditions on metrics that must hold for some time. It ends as soon as one has
 * been violated for a number of samples, with the numbers, and says how the release is taken back; with `rollback` it
 * takes it back itself, where nothing but the release has changed since one passed.
 */
export class Watch extends pulumi.ComponentResource {
  constructor(name: string, args: WatchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Watch", name, {}, opts);
    const { namespace, image, prometheus, workloads, rolloutSeconds, schema } = args;
    const plan: WatchPlan = { ...args.plan, url: prometheus.url };
    const program = { "watch.cjs": bundle("components/watch/in-pod/watch.ts") };
    const rollouts = pulumi.all(workloads.map(({ rollout }) => rollout));
    const waits = plan.onFailure === "rollback" ? workloads.length * rolloutSeconds * 2 : 0;
    new Task(
      name,
      {
        ...{ namespace, image },
        command: ["node", "/runsheet/watch.cjs"],
        files: MountedFiles.pinned(`${name}-files`, namespace, program, { parent: this }),
        environment: {
          WATCH: JSON.stringify(plan),
          ROLLOUTS: pulumi.jsonStringify(rollouts),
          ROLLOUT_SECONDS: String(rolloutSeconds),
          SCHEMA: schema,
          ...access(name, namespace, prometheus, { parent: this }),
        },
        serviceAccount: watcher(name, namespace, rollouts, { parent: this }),
        trigger: [...args.trigger, ...workloads.map(({ revision }) => revision)],
        deadlineSeconds: longestSeconds(plan) + spareSeconds + waits,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

const ca = "ca.crt";

/** Variables with the token and the certificate authority. Empty if Prometheus needs neither. */
function access(
  name: string,
  namespace: pulumi.Input<string>,
  prometheus: Prometheus,
  opts: pulumi.ComponentResourceOptions,
): Environment {
  const values = {
    ...(prometheus.token && { PROMETHEUS_TOKEN: prometheus.token }),
    ...(prometheus.ca !== undefined && { [ca]: prometheus.ca }),
  };
  if (Object.keys(values).length === 0) return {};
  const { secret } = new AppSecrets(`${name}-prometheus`, { namespace, values }, opts);
  return {
    ...(prometheus.token && { PROMETHEUS_TOKEN: { secret, key: "PROMETHEUS_TOKEN" } }),
    ...(prometheus.ca !== undefined && { NODE_EXTRA_CA_CERTS: { secret, key: ca, asFile: true } as const }),
  };
}

/** Service account that reads the Deployments with their pods, and writes to them which release has passed. */
function watcher(
  name: string,
  namespace: pulumi.Input<string>,
  rollouts: pulumi.Output<readonly { readonly deployment: string }[]>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const resourceNames = rollouts.apply((all) => all.map(({ deployment }) => deployment));
  const rules = [
    { apiGroups: ["apps"], resources: ["deployments"], resourceNames, verbs: ["get", "patch"] },
    { apiGroups: ["apps"], resources: ["replicasets"], verbs: ["list"] },
    { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
  ];
  return account(name, namespace, rules, opts);
}
