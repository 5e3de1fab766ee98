/** Verification of a backfill on a real PostgreSQL, with scripts that make the mistakes it must find. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../../../components/kubernetes/bundle";
import { run } from "../../../lab/command";
import { root } from "../../../lab/paths";
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { omniopsSystem, smokeTest } from "./omniops";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
let filled: SystemDatabase;
let program: string;

startSystem(omniopsSystem, async (created) => {
  ({ postgres } = created);
  filled = created;
  await filled.sqitch("deploy");
  await filled.query(
    `INSERT INTO public.messages (conversation_id, role, content, created_at)
     SELECT $1, 'customer', 'Message ' || n, now() - interval '1 hour' FROM generate_series(1, 5) AS n`,
    [smokeTest.conversation],
  );
  program = join(postgres.directory, "backfill.cjs");
  writeFileSync(program, bundle("systems/omniops/in-pod/verified-run.ts"));
});

/** Shell command that writes analyses for up to `count` messages without one. */
const analyse = (count: number, status: string) =>
  `psql -q -c "SET ROLE service_role" -c "INSERT INTO sentiment_analysis (conversation_id, message_id, status, attempts, score, label, confidence, model, completed_at, error)
     SELECT conversation_id, id, '${status}', 1, ${status === "completed" ? "0.5, 'neutral', 0.9, 'test', now(), NULL" : "NULL, NULL, NULL, NULL, NULL, 'refused'"}
     FROM messages WHERE NOT EXISTS (SELECT FROM sentiment_analysis WHERE message_id = messages.id) LIMIT ${count}"`;

/** Runs a shell script as the application's backfill, and verifies its result. */
const verified = (omniops: SystemDatabase, script: string, ...flags: string[]) =>
  run(process.execPath, [program, "sh", "-c", script, "backfill", "--days=7", ...flags], {
    env: { ...postgres.environment(omniops.app), NODE_PATH: join(root, "node_modules") },
  });

test("a dry run that writes nothing, and whose number is right", async () => {
  const output = await verified(filled, `echo '{"toAnalyse": 5}'`, "--dry-run");
  expect(output).toContain("5 of 5 messages of the last 7 days lack an analysis");
  expect(output).toContain("verified: the dry run wrote nothing; 5 messages are to be analysed");
});

test.each([
  [
    "that writes",
    `${analyse(2, "completed")}; echo '{"toAnalyse": 5}'`,
    "the dry run wrote 2 analyses: it must write none",
  ],
  ["with another number", `echo '{"toAnalyse": 4}'`, "the dry run would analyse 4 messages, and 5 lack an analysis"],
  [
    "without a number",
    "echo done",
    'the dry run must end with a line such as {"toAnalyse": 120}, and ended with: done',
  ],
  ["that fails", "echo no key >&2; exit 3", "ended with 3"],
])("a dry run %s is an error", async (name, script, message) => {
  const omniops = await filled.clone(`dry_run_${name.replaceAll(" ", "_")}`);
  const output = await failureOf(verified(omniops, script, "--dry-run"));
  expect(output).toContain("the backfill is not as it should be: ");
  expect(output).toContain(message);
});

test("a backfill that analyses all", async () => {
  const omniops = await filled.clone("everything");
  expect(await verified(omniops, analyse(5, "completed"))).toContain(
    "verified: 5 analyses were written, none is missing\n",
  );
});

test("messages that the model refuses do not hold the deployment up, and are said", async () => {
  const omniops = await filled.clone("refused");
  const script = `${analyse(4, "completed")}; ${analyse(1, "failed")}`;
  expect(await verified(omniops, script)).toContain(
    "verified: 5 analyses were written, none is missing; of 1 it failed",
  );
});

test("messages that are left out are an error", async () => {
  const omniops = await filled.clone("left_out");
  expect(await failureOf(verified(omniops, analyse(3, "completed")))).toContain(
    "the backfill is not as it should be: 2 of 5 messages still lack an analysis",
  );
});
