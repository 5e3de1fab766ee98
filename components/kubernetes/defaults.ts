import type * as pulumi from "@pulumi/pulumi";
import { madeAnnotations } from "./made";

/**
 * Sets the annotations that every Kubernetes object of a stack has, as a transformation:
 *
 * - An `up` takes back fields that were changed by hand. Otherwise server-side apply fails on a field that kubectl
 *   owns, and drift is found but not repaired. The provider has a setting for this since 4.29; the annotation works in
 *   all versions.
 * - A deletion does not wait for the objects that the object owns.
 *
 * They also tell the stack's objects from those of other tools.
 */
export function objectDefaults({
  type,
  props,
  opts,
}: pulumi.ResourceTransformationArgs): pulumi.ResourceTransformationResult | undefined {
  if (!type.startsWith("kubernetes:") || type.startsWith("kubernetes:yaml")) return undefined;
  const { metadata } = props as { metadata?: { annotations?: Record<string, unknown> } };
  const annotations = {
    ...madeAnnotations,
    ...metadata?.annotations,
  };
  return { props: { ...props, metadata: { ...metadata, annotations } }, opts };
}
