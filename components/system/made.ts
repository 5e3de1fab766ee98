/** Settings that a database was made with, and that a later change cannot alter, or only in one direction. */

/** Recorded by an `up` in the stack's outputs. A value that an older release did not record is not compared. */
export interface Made {
  /** PostgreSQL's image. */
  readonly image?: string;
  /** Size of each server's volume. */
  readonly storage?: string;
  /** Size of each server's WAL volume. Default: the WAL is on the data volume. */
  readonly walStorage?: string;
}

/** Picks these settings from a larger record. */
export const madeOf = ({ image, storage, walStorage }: Made): Made => ({ image, storage, walStorage });
