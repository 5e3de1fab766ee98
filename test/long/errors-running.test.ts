/** Errors in the execution of `up` itself. */
import { addChange } from "../support/changes";
import { eventually, sql } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";
import { execute } from "../support/workspace";

const stack = new FaultyStack();
afterAll(() => stack.leave());

const slow = (table: string) => ({
  deploy: `BEGIN;\nSELECT pg_sleep(15);\nCREATE TABLE ${table} (id int);\nCOMMIT;\n`,
  revert: `DROP TABLE ${table};\n`,
});
const slowRuns = async () =>
  (await sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(15)%' AND pid <> pg_backend_pid()")) !==
  "0";

test("two at once: the second is refused, the first goes on", async () => {
  addChange(stack, ["prism"], "slow", slow("slow"));
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
});

test("killed during a migration, the next up waits for it, and it is applied once", async () => {
  addChange(stack, ["prism"], "as_slow", slow("as_slow"));
  const deployments = async () =>
    Number(await sql("SELECT count(*) FROM sqitch.events WHERE change = 'as_slow' AND event = 'deploy'"));
  const before = await deployments();
  const kill = stack.startUp();
  await eventually("the migration runs", slowRuns, 120);
  kill();
  const again = await execute("bash", ["lab/run.sh", "up"], stack.directory);
  expect(again.output).toMatch(/an earlier pulumi \(process \d+\) was killed: its lock on stack local is removed/);
  expect(again.code).toBe(0);
  expect(await deployments()).toBe(before + 1);
  expect(await sql("SELECT to_regclass('as_slow') IS NOT NULL")).toBe("t");
  expect((await stack.up("--expect-no-changes")).code).toBe(0);
});
