/** New values of all passwords that a stack makes. */
import type * as pulumi from "@pulumi/pulumi";

/** Annotation of pods that were started with the passwords of a generation. */
export const passwordsAnnotation = "runsheet/passwords";

const started = /^kubernetes:apps\/v1:(Deployment|StatefulSet)$/;

interface WithPods {
  readonly spec: { readonly template: { readonly metadata?: { readonly annotations?: object } } };
}

/**
 * Returns a transformation that gives every generated password a new value with each generation, and starts the pods of
 * Deployments and StatefulSets again: they read passwords when they start. Without a generation it changes nothing.
 */
export const passwordsOf =
  (generation: number | undefined): pulumi.ResourceTransformation =>
  ({ type, props, opts }) => {
    if (generation === undefined) return undefined;
    if (type === "random:index/randomPassword:RandomPassword")
      return { props: { ...props, keepers: { generation: String(generation) } }, opts };
    if (!started.test(type)) return undefined;
    const { spec } = props as WithPods;
    const { metadata } = spec.template;
    const annotations = { ...metadata?.annotations, [passwordsAnnotation]: String(generation) };
    const template = { ...spec.template, metadata: { ...metadata, annotations } };
    return { props: { ...props, spec: { ...spec, template } }, opts };
  };
