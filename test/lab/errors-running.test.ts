/** Errors in the running of up itself. */
import { spawn } from "node:child_process";
import { addChange, removeChange } from "../support/changes";
import { eventually, sql } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";
import { execute } from "../support/workspace";

const stack = new FaultyStack();
afterAll(() => stack.restore());

const slow = "BEGIN;\nSELECT pg_sleep(15);\nCREATE TABLE slow (id int);\nCOMMIT;\n";
const slowRuns = async () =>
  (await sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(15)%' AND pid <> pg_backend_pid()")) !==
  "0";

test("two at once: the second is refused, the first goes on", async () => {
  addChange(stack, ["prism"], "slow", { deploy: slow, revert: "DROP TABLE slow;\n" });
  const first = stack.up();
  await eventually("the migration runs", slowRuns, 120);
  const plain = await stack.up();
  expect(plain.output).toContain("the stack is currently locked by 1 lock(s)");
  expect(plain.code).not.toBe(0);
  const whole = await execute("bash", ["lab/run.sh", "up"], stack.directory);
  expect(whole.output).toMatch(
    /another pulumi \(process \d+\) is at work on stack local: wait until it ends, then try again/,
  );
  expect(whole.code).not.toBe(0);
  expect((await first).code).toBe(0);
  await removeChange(stack, ["prism"], "slow");
});

test("killed in the middle of a migration: the next up waits for the migration that still runs, which is applied once", async () => {
  addChange(stack, ["prism"], "slow", { deploy: slow, revert: "DROP TABLE slow;\n" });
  const deployments = async () =>
    Number(await sql("SELECT count(*) FROM sqitch.events WHERE change = 'slow' AND event = 'deploy'"));
  const before = await deployments();
  const killed = spawn("pulumi", ["up", "--yes", "--skip-preview", "--stack", "local", "--non-interactive"], {
    cwd: stack.directory,
    detached: true,
    stdio: "ignore",
  });
  await eventually("the migration runs", slowRuns, 120);
  process.kill(-killed.pid!, "SIGKILL");
  const again = await execute("bash", ["lab/run.sh", "up"], stack.directory);
  expect(again.output).toMatch(/an earlier pulumi \(process \d+\) was killed: its lock on stack local is removed/);
  expect(again.code).toBe(0);
  expect(await deployments()).toBe(before + 1);
  expect(await sql("SELECT to_regclass('slow') IS NOT NULL")).toBe("t");
  await removeChange(stack, ["prism"], "slow");
  await stack.upSucceeds();
  expect((await stack.up("--expect-no-changes")).code).toBe(0);
});
