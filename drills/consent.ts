/** Confirmation of the stack and the cluster before a drill. */
import type { Kubectl } from "./kubectl";
import { Misuse } from "../command-line";

/** Stack and the cluster that its context leads to. */
export interface Place {
  readonly stack: string;
  readonly context: string;
  /** UID of the cluster's namespace kube-system. */
  readonly cluster: string;
}

/**
 * Identifies the cluster.
 * @throws Misuse if it is not the last `up`'s
 */
export async function placeOf(
  stack: string,
  context: string,
  kubectl: Kubectl,
  pinned: string | undefined,
): Promise<Place> {
  const cluster = await kubectl.run("get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}");
  if (pinned !== undefined && pinned !== cluster)
    throw new Misuse(
      `the context "${context}" leads to the cluster ${cluster}, but the last up of the stack ${stack} was in ${pinned}; nothing was done. Correct runsheet:context or the kubeconfig`,
    );
  return { stack, context, cluster };
}

/**
 * Returns the question to ask, and the answer that confirms it.
 * @param warning what the drill costs on that stack. Default: nothing beyond the description
 */
export function question(
  { stack, context, cluster }: Place,
  scenario: { readonly name: string; readonly description: string; readonly inCopy?: boolean },
  system: string,
  warning?: string,
): { readonly text: string; readonly yes: string } {
  const yes = `${stack} in ${context}`;
  const text = [
    `${scenario.name} on ${system} of the stack ${stack}: ${scenario.description}.`,
    ...(warning === undefined ? [] : [`${warning}.`]),
    `It is in the cluster ${cluster}, to which the context ${context} leads. ${scenario.inCopy ? "Nothing of the stack is changed." : "This is a real disaster for what runs there."}`,
    `Type "${yes}" to go on: `,
  ].join("\n");
  return { text, yes };
}
