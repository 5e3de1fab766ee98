import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../kubernetes/environment";
import type { Mount } from "../kubernetes/pod";
import type { FlagDefinitions, Rollout } from "./rules";

export { rolloutProblems, rolloutSettings, type FlagDefinitions, type Rollout } from "./rules";

export interface FeatureFlagsArgs<Name extends string> {
  readonly namespace: pulumi.Input<string>;
  readonly definitions: FlagDefinitions<Name>;
  /** Checked before by `rolloutProblems`. */
  readonly rollouts: Readonly<Record<Name, Rollout>>;
}

/** Where a workload finds the rollouts. */
const directory = "/etc/runsheet/features";
const file = "rollout.json";

/**
 * A system's rollouts, in a file: applied only when what comes before them in the runbook succeeded.
 *
 * The file is mounted from a ConfigMap that changes in place: the next stage of a rollout is a change of that one
 * object, reaches the pods within a minute, and starts none of them again. Only a master switch does.
 */
export class FeatureFlags<Name extends string> extends pulumi.ComponentResource {
  /** To mount into the workloads that read the file. */
  readonly mount: Mount;

  constructor(name: string, args: FeatureFlagsArgs<Name>, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:FeatureFlags", name, {}, opts);
    const names = Object.keys(args.definitions) as Name[];
    const rollouts = names.map(
      (flag) => [flag, rollout(args.rollouts[flag], args.definitions[flag].requires)] as const,
    );
    const data = { [file]: `${JSON.stringify(Object.fromEntries(rollouts), undefined, 2)}\n` };
    new ConfigMap(name, { metadata: { name, namespace: args.namespace }, data }, { parent: this });
    // The name as plain text: a reference to the resource would make its changes the pods'.
    this.mount = { configMap: name, path: directory };
    this.registerOutputs({});
  }
}

/** The master switches, FEATURE_<NAME> for each feature, and FEATURE_ROLLOUT_FILE, which says where the rollouts are. */
export function featureEnvironment<Name extends string>(rollouts: Readonly<Record<Name, Rollout>>): Environment {
  const switches = Object.entries<Rollout>(rollouts).map(
    ([flag, { enabled }]) => [`FEATURE_${flag.toUpperCase()}`, String(enabled)] as const,
  );
  return { ...Object.fromEntries(switches), FEATURE_ROLLOUT_FILE: `${directory}/${file}` };
}

/** A rollout in the shape in which applications read it. */
const rollout = ({ enabled, percentage, customers }: Rollout, requires: readonly string[]) => ({
  enabled,
  rollout_percentage: percentage,
  beta_customers: customers,
  requires,
});
