import * as pulumi from "@pulumi/pulumi";
import { bundle } from "../kubernetes/bundle";
import type { Environment } from "../kubernetes/environment";
import { MountedFiles } from "../kubernetes/mounted-files";
import { Task } from "../kubernetes/task";
import type { MeasuredQuery, Measurement } from "./query";

export type { MeasuredQuery } from "./query";

export interface QueryPerformanceArgs {
  readonly namespace: pulumi.Input<string>;
  /** Stock Node.js image. */
  readonly image: string;
  /** Packages that the measuring program requires. */
  readonly packages: MountedFiles;
  /** PG* variables of the database's owner, who may ANALYZE and add rows. */
  readonly environment: Environment;
  /** Queries to measure, in order. */
  readonly queries: readonly MeasuredQuery[];
  /** Values that run the measurement again when one of them changes. */
  readonly trigger: readonly pulumi.Input<string>[];
}

/**
 * Measures queries that must be fast and use an index, and prints their plans. The error names the query, the
 * expectation and the measurement.
 *
 * The planner's choice depends on the rows. Rows that a query defines are loaded first, in a transaction that is rolled
 * back. Without such rows the existing data is measured, and only the time counts.
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
