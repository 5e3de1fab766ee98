import type * as pulumi from "@pulumi/pulumi";

/**
 * What every Kubernetes object of a stack has in common, as a transformation:
 *
 * - An `up` takes fields back from whoever changed them by hand. With server-side apply it would otherwise fail on a field
 *   that belongs to kubectl now, so that drift could be found and not repaired. The provider has a setting for this from
 *   4.29 on; the annotation works in all versions.
 * - A deletion does not wait for what the object owns.
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
  return { props: { ...props, metadata: { ...metadata, annotations } }, opts };
}
