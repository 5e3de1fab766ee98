import * as pulumi from "@pulumi/pulumi";
import { bundle } from "../bundle";
import type { Environment } from "../environment";
import { Task } from "../task";
import type { Check } from "./check";

export type { Check, Expected } from "./check";

export interface SmokeTestArgs {
  readonly namespace: pulumi.Input<string>;
  /** A stock Node.js image. */
  readonly image: string;
  /** Asked in this order; the first that fails ends the test. */
  readonly checks: readonly Check[];
  /** Asked at the end in any case, to take away what the checks left. Default: none. */
  readonly cleanup?: readonly Check[];
  /** Variables for `${NAME}` in checks; PG* and REDIS_URL for queries and Redis commands. */
  readonly environment: Environment;
  /** Default: none. */
  readonly environmentFrom?: readonly pulumi.Input<string>[];
  /** What makes the test due again. */
  readonly trigger: readonly pulumi.Input<string>[];
}

/** Requests, queries and Redis commands with expected answers; the error names the check, what it expected and what it got. */
export class SmokeTest extends pulumi.ComponentResource {
  constructor(name: string, args: SmokeTestArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:SmokeTest", name, {}, opts);
    const { checks, cleanup = [], ...task } = args;
    new Task(
      name,
      {
        ...task,
        command: ["node", "/runsheet/runner.cjs"],
        files: { "runner.cjs": runner(), "checks.json": JSON.stringify({ checks, cleanup }, null, 2) },
        deadlineSeconds: 300,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

let bundled: string | undefined;

/** The runner is the same for every test of a run. */
function runner(): string {
  return (bundled ??= bundle("components/smoke-test/runner.ts"));
}
