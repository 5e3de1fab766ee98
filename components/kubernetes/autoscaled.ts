/** Numbers of pods that an autoscaler chooses: one that is set by hand lasts until its next look, and is no change. */
import { replicas } from "./field-owners";

/** HorizontalPodAutoscaler, as far as it says what it scales. */
export interface Autoscaler {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: { readonly scaleTargetRef?: { readonly kind: string; readonly name: string } };
}

/** Field of an object. */
export interface FieldOfObject {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** Path of the field, such as `spec.replicas`. */
  readonly path: string;
}

/** Returns a test for the numbers of pods that one of these autoscalers chooses. */
export function choicesOf(autoscalers: readonly Autoscaler[]): (field: FieldOfObject) => boolean {
  const key = (kind: string, namespace = "", name: string) => [kind, namespace, name].join("/");
  const targets = autoscalers.flatMap(({ metadata: { namespace }, spec: { scaleTargetRef: target } = {} }) =>
    target ? [key(target.kind, namespace, target.name)] : [],
  );
  return ({ kind, namespace, name, path }) =>
    path === replicas.join(".") && targets.includes(key(kind, namespace, name));
}
