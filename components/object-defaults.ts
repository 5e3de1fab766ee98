import * as pulumi from "@pulumi/pulumi";

/** How long what is gone only when something else is may take: what is in it, what uses it, or what an operator made for it. */
const deletionTimes: readonly [RegExp, string][] = [
  [/:(Namespace|CustomResourceDefinition)$/, "5m"],
  [/:PersistentVolumeClaim$|^kubernetes:[^:]*cnpg\.io/, "1m"],
];

/**
 * What every Kubernetes object of a stack has in common, as a transformation:
 *
 * - An `up` takes fields back from whoever changed them by hand. With server-side apply it would otherwise fail on a field
 *   that belongs to kubectl now, so that drift could be found and not repaired. The provider has a setting for this from
 *   4.29 on; the annotation works in all versions.
 * - A deletion does not wait for what the object owns. The provider (4.18) can miss that a deleted object is gone, looks again
 *   only at the end of its time, and would take ten minutes for each: most objects are gone at once, and get 20 seconds.
 */
export function objectDefaults({
  type,
  props,
  opts,
}: pulumi.ResourceTransformationArgs): pulumi.ResourceTransformationResult | undefined {
  if (!type.startsWith("kubernetes:") || type.startsWith("kubernetes:yaml")) return undefined;
  const { metadata } = props as { metadata?: { annotations?: Record<string, unknown> } };
  const annotations = {
    "pulumi.com/patchForce": "true",
    "pulumi.com/deletionPropagationPolicy": "background",
    ...metadata?.annotations,
  };
  const { customTimeouts } = opts as pulumi.CustomResourceOptions;
  const time = deletionTimes.find(([types]) => types.test(type))?.[1] ?? "20s";
  return {
    props: { ...props, metadata: { ...metadata, annotations } },
    opts: { ...opts, customTimeouts: { delete: time, ...customTimeouts } },
  };
}
