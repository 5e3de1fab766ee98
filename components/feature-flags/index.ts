import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../kubernetes/environment";
import type { Mount } from "../kubernetes/pod";
import type { FlagDefinitions, Rollout } from "./rules";

export { rolloutProblems, rolloutSettings, type FlagDefinitions, type Rollout } from "./rules";

export interface FeatureFlagsArgs<Name extends string> {
  readonly namespace: pulumi.Input<string>;
  readonly definitions: FlagDefinitions<Name>;
  /** Rollouts that `rolloutProblems` has checked. */
  readonly rollouts: Readonly<Record<Name, Rollout>>;
}

/** Directory of the rollout file in a workload. */
const directory = "/etc/runsheet/features";
const file = "rollout.json";

/**
 * Rollouts of a system's features, in a file. They are applied only when the steps before them have succeeded.
 *
 * The file is mounted from a ConfigMap that changes in place. The next stage of a rollout changes only that object and
 * reaches the pods within a minute, without a restart. Only a master switch restarts them.
 */
export class FeatureFlags<Name extends string> extends pulumi.ComponentResource {
  /** Mount for the workloads that read the file. */
  readonly mount: Mount;

  constructor(name: string, args: FeatureFlagsArgs<Name>, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:FeatureFlags", name, {}, opts);
    const names = Object.keys(args.definitions) as Name[];
    const rollouts = names.map(
      (flag) => [flag, rollout(args.rollouts[flag], args.definitions[flag].requires)] as const,
    );
    const data = { [file]: `${JSON.stringify(Object.fromEntries(rollouts), undefined, 2)}\n` };
    new ConfigMap(name, { metadata: { name, namespace: args.namespace }, data }, { parent: this });
    // Plain text: as a reference, every change of the ConfigMap would restart the pods.
    this.mount = { configMap: name, path: directory };
    this.registerOutputs({});
  }
}

/**
 * Returns the master switches, FEATURE_<NAME> for each feature, and FEATURE_ROLLOUT_FILE, the path of the rollout file.
 */
export function featureEnvironment<Name extends string>(rollouts: Readonly<Record<Name, Rollout>>): Environment {
  const switches = Object.entries<Rollout>(rollouts).map(
    ([flag, { enabled }]) => [`FEATURE_${flag.toUpperCase()}`, String(enabled)] as const,
  );
  return { ...Object.fromEntries(switches), FEATURE_ROLLOUT_FILE: `${directory}/${file}` };
}

/** Converts a rollout to the format that applications read. */
const rollout = ({ enabled, percentage, customers }: Rollout, requires: readonly string[]) => ({
  enabled,
  rollout_percentage: percentage,
  beta_customers: customers,
  requires,
});
