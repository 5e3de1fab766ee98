/** Heading of a runbook document, and what has become of it. */

/** Parts of the rendered runbook beside the steps. */
export type Part = "alerts" | "contacts" | "failure" | "recovery";

/** Heading with its place: steps, a part of the rendered runbook, or a reason why it is left out. */
export interface Heading {
  /** Heading as the document has it. One that it has twice has the heading above it before a colon. */
  readonly title: string;
  /** Steps that do it. A step that a configuration may not have is among them. */
  readonly steps?: readonly string[];
  readonly part?: Part;
  /** Reason why the program does not do it, or only a part of it, and who does. Default: it does all of it. */
  readonly leftOut?: string;
}

/** Heading that steps do. */
export const done = (title: string, ...steps: readonly string[]): Heading => ({ title, steps });

/** Heading that a part of the rendered runbook has taken over. */
export const isIn = (title: string, part: Part): Heading => ({ title, part });

/** Heading whose steps or part leave something out. */
export const without = (heading: Heading, reason: string): Heading => ({ ...heading, leftOut: reason });

/** Heading that has no counterpart. */
export const leftOut = (title: string, reason: string): Heading => ({ title, leftOut: reason });
