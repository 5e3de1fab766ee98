/** The program that runs another one again while a table is in use. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const script = resolve(__dirname, "../../../../components/migrations/in-pod/despite-locks.sh");
const inUse = "psql:deploy/a.sql:3: ERROR:  canceling statement due to lock timeout";

/** Runs a program that fails with an error so many times, and then ends with a status. */
function tried(error: string, failures: number, { status = 0, patience = 60 } = {}) {
  const directory = mkdtempSync(join(tmpdir(), "despite-locks-"));
  const program = `echo try >>"$0/tries"; echo "of try $(wc -l <"$0/tries")"
    [ "$(wc -l <"$0/tries")" -gt ${failures} ] || { echo "${error}" >&2; exit 3; }; exit ${status}`;
  const result = spawnSync("sh", [script, "sh", "-c", program, directory], {
    encoding: "utf8",
    env: { ...process.env, RUNSHEET_LOCK_PATIENCE: String(patience) },
  });
  const tries = readFileSync(join(directory, "tries"), "utf8").split("\n").length - 1;
  rmSync(directory, { recursive: true });
  return { tries, status: result.status, output: result.stdout, errors: result.stderr.split("\n").slice(0, -1) };
}

test("a table in use is tried again, after longer and longer pauses", () => {
  const { tries, status, output, errors } = tried(inUse, 2);
  expect({ tries, status, output }).toEqual({ tries: 3, status: 0, output: "of try 1\nof try 2\nof try 3\n" });
  expect(errors).toEqual([
    inUse,
    "a table was in use: trying again in 1 s",
    inUse,
    "a table was in use: trying again in 2 s",
  ]);
});

test("a transaction that was ended by a deadlock is tried again", () => {
  const deadlock = "psql:deploy/a.sql:3: ERROR:  deadlock detected";
  expect(tried(deadlock, 1)).toMatchObject({
    tries: 2,
    status: 0,
    errors: [deadlock, "a table was in use: trying again in 1 s"],
  });
});

test("patience ends with what to do, and the status of the last try", () => {
  const { tries, status, errors } = tried(inUse, 9, { patience: 2 });
  expect({ tries, status }).toEqual({ tries: 2, status: 3 });
  expect(errors.slice(-2)).toEqual([
    "a table was in use for 2 s: each try waited for a lock that another transaction holds.",
    "What to do: end what is open for longest, then run up again. To find it: SELECT pid, usename, xact_start, query FROM pg_stat_activity WHERE datname = current_database() ORDER BY xact_start",
  ]);
});

test("another error, and a lost connection, are not tried again", () => {
  expect(tried("ERROR:  column x does not exist", 1)).toMatchObject({
    tries: 1,
    status: 3,
    errors: ["ERROR:  column x does not exist"],
  });
  expect(tried(inUse, 0, { status: 2 })).toMatchObject({ tries: 1, status: 2, errors: [] });
});
