import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";

/** Value that a container reads from a Secret. It appears in no manifest, preview or log. */
export interface SecretKey {
  readonly secret: pulumi.Input<string>;
  readonly key: string;
  /** Leaves the variable out if the Secret or key is missing. Default: false. The container does not start. */
  readonly optional?: boolean;
}

/** Environment of a container: plain values and references to secrets. */
export type Environment = Readonly<Record<string, pulumi.Input<string> | SecretKey>>;

/** Converts an environment to a container's `env`, sorted by name. */
export function containerEnvironment(environment: Environment): input.core.v1.EnvVar[] {
  return Object.entries(environment)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) =>
      isSecretKey(value)
        ? { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key, optional: value.optional } } }
        : { name, value },
    );
}

function isSecretKey(value: Environment[string]): value is SecretKey {
  return typeof value === "object" && "secret" in value && "key" in value;
}
