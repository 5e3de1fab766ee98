import * as pulumi from "@pulumi/pulumi";

/**
 * Creates the error of a program that found problems before it changed anything. It lists all of them, one per line.
 */
export const refusal = (title: string, problems: readonly string[]): pulumi.RunError =>
  new pulumi.RunError([`${title}; nothing was changed:`, ...problems.map((problem) => `  - ${problem}`)].join("\n"));
