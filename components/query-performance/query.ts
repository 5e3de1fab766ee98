/** What is measured and what it must show. Shared by the program, which writes queries, and the runner, which asks. */

/** A query that must use an index and be quick. */
export interface MeasuredQuery {
  /** How the query is called in the result. */
  readonly name: string;
  readonly sql: string;
  /** The index that the plan must use, once its table has enough rows. */
  readonly index: string;
  /** The query must take less than this. */
  readonly milliseconds: number;
  /** Statements that add rows before it is measured, to what the queries before it added. Default: none. */
  readonly load?: readonly string[];
}

/** What the runner reads from its variable QUERIES. */
export interface Measurement {
  readonly queries: readonly MeasuredQuery[];
  /** With fewer rows in an index's table the planner is free to read the whole table. */
  readonly minimumRows: number;
}
