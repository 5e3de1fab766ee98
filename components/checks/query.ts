/** What is measured and what it must show. Shared by the program, which writes queries, and the runner, which asks. */

/** A query that must use an index and be quick. */
export interface MeasuredQuery {
  /** How the query is called in the result. */
  readonly name: string;
  readonly sql: string;
  /** An index that must be there, and that the plan must use where rows are loaded. */
  readonly index: string;
  /** The query must take less than this. */
  readonly milliseconds: number;
  /** Statements that add rows before it is measured, to what the queries before it added. Default: none. */
  readonly load?: readonly string[];
}

/** What the runner reads from its variable QUERIES. */
export interface Measurement {
  readonly queries: readonly MeasuredQuery[];
}
