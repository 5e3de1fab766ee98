import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";

/** A value that a container reads from a Secret, so that it never appears in a manifest, a preview or a log. */
export interface SecretKey {
  readonly secret: pulumi.Input<string>;
  readonly key: string;
  /** Whether the variable is left out where there is no such Secret or key. Default: the container does not start. */
  readonly optional?: boolean;
}

/** A container's environment: plain values, and references to secret ones. */
export type Environment = Readonly<Record<string, pulumi.Input<string> | SecretKey>>;

/** The environment in the shape of a container's `env`, in the order of the names. */
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
