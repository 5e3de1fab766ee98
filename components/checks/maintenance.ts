/**
 * Maintenance mode: a flag in Redis that makes the application answer with 503.
 *
 * Checks turn it on and off, so that Pulumi's error shows what they found. The key has a prefix, so that it collides
 * with no other, and does not expire.
 */
import type { Check } from "./index";

/**
 * Turns it on and waits until all writes have ended, so that a dump has the final state. A request that was accepted
 * just before may begin to write up to `drainSeconds` later.
 */
export const maintenanceOn = (flag: string, drainSeconds: number): readonly Check[] => [
  { name: `${flag} is set`, redis: ["SET", flag, "true"], matches: "^OK$" },
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
    withinSeconds: 60,
    hint: "The maintenance mode is on, and somebody who does not mind it still writes: end that transaction, then run up again.",
  },
];

/** Turns it off. */
export const maintenanceOff = (flag: string): readonly Check[] => [
  { name: `${flag} is removed`, redis: ["DEL", flag], matches: "^[01]$" },
  { name: `${flag} is gone`, redis: ["EXISTS", flag], matches: "^0$" },
];
