/**
 * Maintenance mode: a flag in Redis that the application answers with 503. What turns it on and off are checks, so that
 * each says in Pulumi's error what it found. The flag has a prefix and no end: it must neither meet another's key nor end
 * before somebody says so.
 */
import type { Check } from "./index";

/**
 * Turns it on, and waits until what was being written is written: only then is a dump the last state. A request that was let
 * in just before may begin to write after `drainSeconds` at most.
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
