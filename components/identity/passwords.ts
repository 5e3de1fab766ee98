/** Passwords that a stack makes, and new values of all of them. */
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { contentHash } from "./hash";

/** Password that the stack has made. */
export interface GeneratedPassword {
  readonly value: pulumi.Output<string>;
  /**
   * Text that is new whenever the password is, for pods that read it when they start. It tells nothing of the password, which
   * has 190 random bits.
   */
  readonly revision: pulumi.Output<string>;
}

/** Makes a password of 32 letters and digits. */
export function generatedPassword(name: string, opts: pulumi.CustomResourceOptions): GeneratedPassword {
  const { result } = new random.RandomPassword(name, { length: 32, special: false }, opts);
  return { value: result, revision: pulumi.unsecret(result.apply(contentHash)) };
}

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
