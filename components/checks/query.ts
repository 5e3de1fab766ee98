/** Queries to measure. The program writes them and the runner in a pod reads them. */

/** Query that must be fast and use an index. */
export interface MeasuredQuery {
  /** Name of the query in the result. */
  readonly name: string;
  readonly sql: string;
  /** Index that must exist, and that the plan must use if rows are loaded. */
  readonly index: string;
  /** Limit for the execution time, exclusive. */
  readonly milliseconds: number;
  /** Number of rows up to which the limit holds. With more the time is shown, and not judged, unless they are loaded. Default: any. */
  readonly rows?: number;
  /** Statements that add rows before the measurement, on top of earlier queries' rows. Default: []. */
  readonly load?: readonly string[];
}

/** Content of the runner's variable QUERIES. */
export interface Measurement {
  readonly queries: readonly MeasuredQuery[];
}
