import * as pulumi from "@pulumi/pulumi";
import { bundle } from "../kubernetes/bundle";
import type { Environment } from "../kubernetes/environment";
import { MountedFiles } from "../kubernetes/mounted-files";
import { Task } from "../kubernetes/task";
import type { MeasuredQuery, Measurement } from "./query";

export type { MeasuredQuery } from "./query";

export interface QueryPerformanceArgs {
  readonly namespace: pulumi.Input<string>;
  /** A stock Node.js image. */
  readonly image: string;
  /** What the measuring program requires. */
  readonly packages: MountedFiles;
  /** PG* of the database's owner, who may ANALYZE and add rows. */
  readonly environment: Environment;
  /** Measured in this order. */
  readonly queries: readonly MeasuredQuery[];
  /** What makes the measurement due again. */
  readonly trigger: readonly pulumi.Input<string>[];
}

/**
 * Queries that must use an index and be quick, with their plans; the error names the query, what it expected and what
 * it found.
 *
 * Whether the planner does well to use an index depends on the rows: those of a query are loaded first, all in a
 * transaction that is rolled back. Without such rows the data is measured as it is, and only the time counts.
 */
export class QueryPerformance extends pulumi.ComponentResource {
  constructor(name: string, args: QueryPerformanceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:QueryPerformance", name, {}, opts);
    const { queries, packages, ...task } = args;
    const measurement: Measurement = { queries };
    const program = { "runner.cjs": bundle("components/checks/in-pod/query-performance.ts") };
    const runner = MountedFiles.pinned(`${name}-files`, args.namespace, program, { parent: this });
    new Task(
      name,
      {
        ...task,
        command: ["node", "/runsheet/runner.cjs"],
        files: [runner, packages],
        environment: { ...args.environment, QUERIES: JSON.stringify(measurement) },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
