/** PM's indexes that are built while others read and write: built again, killed, or kept out by duplicates. */
import { setTimeout as sleep } from "node:timers/promises";
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import {
  addOpportunity,
  addSignal,
  before,
  changes,
  concurrentIndexes,
  pmSystem,
  runScripts,
  validIndexes,
} from "./pm";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
let baseline: SystemDatabase;

startSystem(pmSystem, (created) => {
  ({ postgres } = created);
  baseline = created;
});

test("an INVALID index of our name on another table is refused, and kept", async () => {
  const pm = await before(baseline, "V3_008_indexes", "invalid_elsewhere");
  await pm.query("INSERT INTO users (email, name) VALUES ('a@pm.invalid', 'Same'), ('b@pm.invalid', 'Same')");
  await expect(pm.query("CREATE UNIQUE INDEX CONCURRENTLY idx_signals_source ON users (name)")).rejects.toThrow(
    'could not create unique index "idx_signals_source"',
  );
  expect(await failureOf(runScripts(pm, "deploy", ["V3_008_indexes"]))).toContain(
    "ERROR:  index idx_signals_source exists already and was not made by this migration: rename or remove it, then run again",
  );
  expect(await pm.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'idx_signals_source'::regclass")).toEqual([
    { indisvalid: false },
  ]);
});

describe("duplicates that are there already", () => {
  const change = "V3_010_conflict_targets";
  const hinted = (output: string) => /HINT: {2}Look at them\. To .*: (UPDATE .*); then run again\./.exec(output)?.[1];

  test("of a signal's source and id are named, with the way out, which keeps all rows", async () => {
    const pm = await before(baseline, change, "duplicate_signals");
    const [first, second] = [await addSignal(pm, "m-1"), await addSignal(pm, "m-1")];
    await addSignal(pm, "m-1", "mail");
    await addSignal(pm, null);
    await addSignal(pm, null);
    await addSignal(pm, "m-2");
    await addSignal(pm, "m-2");

    const output = await failureOf(runScripts(pm, "deploy", [change]));

    expect(output).toContain(
      "ERROR:  4 rows of signals have the same source, external_id as another, " +
        `for example (slack, m-1) the rows with the id ${first}, ${second}`,
    );
    expect(await validIndexes(pm, change)).toEqual([]);
    await pm.query(hinted(output)!);
    await runScripts(pm, "deploy", [change]);
    expect(await validIndexes(pm, change)).toHaveLength(2);
    expect(await pm.query("SELECT count(*)::integer AS rows FROM public.signals")).toEqual([{ rows: 7 }]);
    expect(await pm.query("SELECT external_id FROM public.signals WHERE id IN ($1, $2)", [first, second])).toEqual([
      { external_id: "m-1" },
      { external_id: null },
    ]);
  });

  test("of a JIRA issue are named too", async () => {
    const pm = await before(baseline, change, "duplicate_issues");
    const ids = [await addOpportunity(pm, "one"), await addOpportunity(pm, "two")];
    await pm.query("UPDATE public.opportunities SET jira_issue_key = 'PM-1', jira_status = 'Open'");

    const output = await failureOf(pm.sqitch("deploy", "--verify"));

    expect(output).toContain(
      "ERROR:  2 rows of opportunities have the same jira_issue_key as another, " +
        `for example (PM-1) the rows with the id ${ids.join(", ")}`,
    );
    expect(await pm.deployed()).toEqual(changes.slice(0, changes.indexOf(change)));
    await pm.query(hinted(output)!);
    await pm.sqitch("deploy", "--verify");
    expect(await pm.query("SELECT jira_issue_key, jira_status FROM public.opportunities ORDER BY title")).toEqual([
      { jira_issue_key: "PM-1", jira_status: "Open" },
      { jira_issue_key: null, jira_status: null },
    ]);
  });
});

describe("indexes that are built concurrently", () => {
  test.each(Object.keys(concurrentIndexes))("%s: each that was left INVALID is built again", async (change) => {
    const pm = await before(baseline, change, `invalid_${change.toLowerCase()}`);
    for (const [name, table] of Object.entries(concurrentIndexes[change]!)) {
      await pm.query(`CREATE INDEX ${name} ON public.${table} (created_at)`);
      const broken = `UPDATE pg_index SET indisvalid = false WHERE indexrelid = '${name}'::regclass`;
      await postgres.query(pm.superuser, broken);
    }
    expect(await validIndexes(pm, change)).toEqual([]);
    expect(await runScripts(pm, "deploy", [change])).toBe("");
    expect(await validIndexes(pm, change)).toEqual(Object.keys(concurrentIndexes[change]!));
    expect(await runScripts(pm, "verify", [change])).toMatch(/^\s*$/);
  });

  test("killed during a build, the next run builds it; reads and writes go on all along", async () => {
    const change = "V3_010_conflict_targets";
    const pm = await before(baseline, change, "killed_build");
    await addSignal(pm, "m-1");
    await postgres.connected(pm.superuser, async (client) => {
      // CREATE INDEX CONCURRENTLY waits for this transaction, and is killed meanwhile.
      await client.query("BEGIN; UPDATE public.signals SET content = 'Exports are very slow'");
      const deployment = failureOf(runScripts(pm, "deploy", [change]));
      await postgres.connected(pm.superuser, async (observer) => {
        const building = `pg_stat_activity WHERE datname = current_database()
          AND query LIKE 'CREATE UNIQUE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'`;
        while ((await observer.query(`SELECT FROM ${building}`)).rowCount === 0) await sleep(20);
        await addSignal(pm, "m-2");
        await observer.query(`SELECT pg_terminate_backend(pid) FROM ${building}`);
      });
      expect(await deployment).toContain("terminating connection due to administrator command");
      await client.query("ROLLBACK");
    });
    expect(await validIndexes(pm, change)).toEqual([]);
    await runScripts(pm, "deploy", [change]);
    expect(await validIndexes(pm, change)).toEqual(Object.keys(concurrentIndexes[change]!));
  });
});
