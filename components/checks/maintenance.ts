/**
 * Maintenance mode: a flag in Redis that makes the application answer with 503.
 *
 * The key does not expire. Checks find that nobody writes any more, and turn it off.
 */
import type { Check } from "./index";

/**
 * Waits until all writes have ended, so that a dump has the final state. A request that was accepted just before may
 * begin to write up to `drainSeconds` later.
 */
export const writesEnded = (drainSeconds: number): readonly Check[] => [
  {
    name: "requests that were let in before have ended",
    sql: `SELECT pg_sleep(${drainSeconds})`,
    timeoutSeconds: drainSeconds + 30,
    withinSeconds: 0,
  },
  {
    name: "nothing is being written",
    // Every write holds this lock on its table until its transaction ends.
    sql: `SELECT ARRAY(
        SELECT DISTINCT relation::regclass::text FROM pg_locks JOIN pg_class ON pg_class.oid = relation
        WHERE mode = 'RowExclusiveLock' AND relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      ) AS tables`,
    row: { tables: [] },
    names: true,
    withinSeconds: 60,
    hint: "The maintenance mode is on, and somebody who does not mind it still writes: end that transaction, then run up again.",
  },
];

/** Turns it off. */
export const maintenanceOff = (flags: readonly string[]): readonly Check[] =>
  flags.flatMap((flag) => [
    { name: `${flag} is removed`, redis: ["DEL", flag], matches: "^[01]$" },
    { name: `${flag} is gone`, redis: ["EXISTS", flag], matches: "^0$" },
  ]);
