import * as pulumi from "@pulumi/pulumi";

/**
 * Makes the stack's Kubernetes objects take their fields back from whoever changed them by hand: an `up` after a refresh
 * that found drift repairs it, instead of failing on a field that belongs to kubectl now. The provider has a setting for
 * this only in newer versions; the annotation works in all of them.
 */
export function takeFieldsBack({
  type,
  props,
  opts,
}: pulumi.ResourceTransformationArgs): pulumi.ResourceTransformationResult | undefined {
  if (!type.startsWith("kubernetes:")) return undefined;
  const { metadata } = props as { metadata?: { annotations?: Record<string, unknown> } };
  const annotations = { ...metadata?.annotations, "pulumi.com/patchForce": "true" };
  return { props: { ...props, metadata: { ...metadata, annotations } }, opts };
}
