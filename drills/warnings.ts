/** Warnings before the question: what a drill reaches beyond the cluster, and what it costs. */
import { span } from "./duration";
import type { Scenario } from "./scenario";
import type { DrilledStack } from "./stack";
import type { Progress } from "./timeline";

interface Asked {
  readonly at?: string;
  /** Progress of the interrupted drill that goes on. Default: the drill begins. */
  readonly progress?: Pick<Progress, "started">;
}

/** Returns the sentences, without the full stop. */
export async function warningsOf(
  scenario: Pick<Scenario, "inCopy" | "warning">,
  system: string,
  stack: Pick<DrilledStack, "systems" | "hasExisting" | "existingAddress"> &
    Parameters<NonNullable<Scenario["warning"]>>[0],
  { at, progress }: Asked,
  now = new Date(),
): Promise<string[]> {
  const touched = scenario.inCopy ? [] : system === "stack" ? stack.systems : [system];
  const existing = await Promise.all(
    touched
      .filter((each) => stack.hasExisting(each))
      .map(async (each) => `The database of ${each} was not made by the stack: ${await stack.existingAddress(each)}`),
  );
  const cost = scenario.warning?.(stack, system, { at, now });
  const goesOn =
    progress &&
    `The drill began ${span((now.getTime() - progress.started) / 1000)} ago, and goes on: what it restores is what was there then`;
  return [...existing, cost, goesOn].filter((warning) => warning !== undefined);
}
