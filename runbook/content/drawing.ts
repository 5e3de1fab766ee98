/** Steps, and what each waits for: the content of the drawing. */
import type { StepRecord } from "../../components/runbook";

export interface Drawing {
  /** Words for readers who do not see it. */
  readonly description: string;
  readonly steps: readonly DrawnStep[];
}

export interface DrawnStep {
  readonly name: string;
  readonly title: string;
  /** Anchor of the step's section. */
  readonly anchor: string;
  readonly after: readonly string[];
  /** True if the configuration gives it nothing to do. */
  readonly isEmpty: boolean;
}

/** @param anchorOf anchor of a step by its place */
export function drawingOf(
  system: string,
  steps: readonly StepRecord[],
  isEmpty: (name: string) => boolean,
  anchorOf: (index: number) => string,
): Drawing {
  const forks = steps.filter(({ name }) => steps.filter(({ after }) => after.includes(name)).length > 1);
  const beside = forks.map(({ name }) => {
    const next = steps.filter(({ after }) => after.includes(name)).map((step) => step.name);
    return ` After ${name}, ${next.join(" and ")} run side by side.`;
  });
  return {
    description: `The ${steps.length} steps of ${system}, each after the one above it.${beside.join("")}`,
    steps: steps.map(({ name, title, after }, index) => ({
      ...{ name, title, after, anchor: anchorOf(index), isEmpty: isEmpty(name) },
    })),
  };
}
