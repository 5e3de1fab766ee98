/** Which stack in which cluster a drill is about: made sure of, and asked for, before anything is done. */
import { Misuse } from "./arguments";
import type { Kubectl } from "./kubectl";

/** A stack, and the cluster that its context leads to. */
export interface Place {
  readonly stack: string;
  readonly context: string;
  /** The UID of the cluster's namespace kube-system. */
  readonly cluster: string;
}

/** @throws Misuse if the context leads to another cluster than the one that the last `up` was in */
export async function placeOf(
  stack: string,
  context: string,
  kubectl: Kubectl,
  pinned: string | undefined,
): Promise<Place> {
  const cluster = await kubectl.run("get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}");
  if (pinned !== undefined && pinned !== cluster)
    throw new Misuse(
      `the context "${context}" leads to the cluster ${cluster}, and the last up of the stack ${stack} was in ${pinned}: nothing was done`,
    );
  return { stack, context, cluster };
}

/** What is asked, and the answer that means yes. */
export function question(
  { stack, context, cluster }: Place,
  scenario: { readonly name: string; readonly description: string },
  system: string,
): { readonly text: string; readonly yes: string } {
  const yes = `${stack} in ${context}`;
  const text = [
    `${scenario.name} on ${system} of the stack ${stack}: ${scenario.description}.`,
    `It is in the cluster ${cluster}, to which the context ${context} leads. This is a real disaster for what runs there.`,
    `Type "${yes}" to go on: `,
  ].join("\n");
  return { text, yes };
}
