import * as pulumi from "@pulumi/pulumi";

/** The error of a program that found problems before it changed anything: all of them, one on a line. */
export const refusal = (title: string, problems: readonly string[]): pulumi.RunError =>
  new pulumi.RunError([`${title}; nothing was changed:`, ...problems.map((problem) => `  - ${problem}`)].join("\n"));
