/** Confirmation of the stack and the cluster before a drill. */
import type { Kubectl } from "./kubectl";
import { Misuse } from "../command-line";

/** Stack, the cluster that its context leads to, and where its state is. */
export interface Place {
  readonly stack: string;
  readonly context: string;
  /** UID of the cluster's namespace kube-system. */
  readonly cluster: string;
  /** Address of Pulumi's backend, without a login. */
  readonly backend: string;
}

/**
 * Identifies the cluster.
 * @param state UID of the last `up`'s cluster, and the backend
 * @throws Misuse if it is not the last `up`'s
 */
export async function placeOf(
  stack: string,
  context: string,
  kubectl: Kubectl,
  { cluster: pinned, backend }: { readonly cluster: string | undefined; readonly backend: string },
): Promise<Place> {
  const cluster = await kubectl.run("get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}");
  if (pinned !== undefined && pinned !== cluster)
    throw new Misuse(
      `the context "${context}" leads to the cluster ${cluster}, but the last up of the stack ${stack} was in ${pinned}; nothing was done. Correct runsheet:context or the kubeconfig`,
    );
  return { stack, context, cluster, backend };
}

/**
 * Checks that a context and the backend still lead where they led: a drill takes long, and both can be turned meanwhile.
 * @throws Error with what is another
 */
export function expectSamePlace(before: Place, now: Place): void {
  for (const key of ["cluster", "backend"] as const)
    if (now[key] !== before[key])
      throw new Error(
        `${key === "cluster" ? `the context "${before.context}" leads to the cluster` : "Pulumi's backend is"} ${now[key]}, and it was ${before[key]} when the drill began; nothing more was done. Lead it back there, and continue the drill`,
      );
}

/**
 * Returns the question to ask, and the answer that confirms it.
 * @param warnings what the drill costs on that stack. Default: nothing beyond the description
 */
export function question(
  { stack, context, cluster }: Omit<Place, "backend">,
  scenario: { readonly name: string; readonly description: string; readonly inCopy?: boolean },
  system: string,
  warnings: readonly string[] = [],
): { readonly text: string; readonly yes: string } {
  const yes = `${stack} in ${context}`;
  const text = [
    `${scenario.name} on ${system} of the stack ${stack}: ${scenario.description}.`,
    ...warnings.map((warning) => `${warning}.`),
    `It is in the cluster ${cluster}, to which the context ${context} leads. ${scenario.inCopy ? "Nothing of the stack is changed." : "This is a real disaster for what runs there."}`,
    `Type "${yes}" to go on: `,
  ].join("\n");
  return { text, yes };
}
