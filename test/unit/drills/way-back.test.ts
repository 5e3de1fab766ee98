/** Proof that a database can be restored, before a drill destroys it. */
import type { DrilledDatabase } from "../../../drills/database";
import { proveWayBack } from "../../../drills/way-back";

const segment = "000000010000000000000007";

/**
 * Database stand-in. `archived` and `conditions` are the successive answers on archiving and on the restore test's Job.
 * The last answer repeats.
 */
function database(archived: string[], conditions: string[]) {
  const done: string[] = [];
  const next = (answers: string[]) => (answers.length > 1 ? answers.shift()! : answers[0]!);
  const sql = (statement: string) => {
    if (statement.includes("pg_switch_wal")) return Promise.resolve(segment);
    return Promise.resolve(statement.includes("pg_stat_archiver") ? next(archived) : "");
  };
  const run = (...args: string[]) => {
    done.push(args.slice(0, 2).join(" "));
    if (args[0] === "get") return Promise.resolve(next(conditions));
    return Promise.resolve(args[0] === "logs" ? "the database was not ready within 21600 s" : "");
  };
  const drilled = { sql, kubectl: { run }, namespace: "prism", name: "prism-postgresql" };
  return { done, prove: () => proveWayBack(drilled as unknown as DrilledDatabase, "prism", 1) };
}

test("its log is stored, its newest backup comes back, and nothing is left of that", async () => {
  const { done, prove } = database(["f", "t"], ["", "Complete"]);
  await prove();
  expect(done).toEqual(["create job", "get job", "get job", "logs -n", "delete job"]);
});

test("a backup that does not come back is an error with what its test said", async () => {
  const { prove } = database(["t"], ["Failed"]);
  await expect(prove()).rejects.toThrow(
    "the newest backup of prism-postgresql cannot be restored: the database was not ready within 21600 s",
  );
});

test("a log that is not stored is an error, and nothing is restored", async () => {
  const { done, prove } = database(["f"], ["Complete"]);
  let now = 0;
  jest.spyOn(Date, "now").mockImplementation(() => (now += 100_000));
  await expect(prove()).rejects.toThrow(`${segment} of prism-postgresql was not archived within 180 s`);
  expect(done).toEqual([]);
  jest.restoreAllMocks();
});
