/** Quarterly and monthly maintenance of PRISM's database. */
import { setTimeout as sleep } from "node:timers/promises";
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { addFeedback, prismSystem, smokeTest } from "./prism";
import { startSystem } from "../started";
import { systemFile, type SystemDatabase } from "../system-database";
import { addRowsEverywhere } from "./rows";

jest.setTimeout(60_000);

let postgres: ThrowAwayPostgres;
let deployed: SystemDatabase;

startSystem(prismSystem, async (created) => {
  ({ postgres } = created);
  deployed = created;
  await deployed.sqitch("deploy");
});

function maintain(prism: SystemDatabase, script: string, ...args: string[]): Promise<string> {
  return postgres.psql(prism.owner, [...args, "--file", systemFile("prism", "maintenance", script)]);
}

describe("quarterly", () => {
  const indexes = `SELECT relname AS name, relfilenode AS file FROM pg_class JOIN pg_index ON indexrelid = oid
    WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) ORDER BY 1`;

  test("vacuums, analyses and reindexes all seven tables", async () => {
    const prism = await deployed.clone("quarterly");
    await addRowsEverywhere(prism);
    await addFeedback(prism, 1000);
    await prism.query("DELETE FROM public.ai_feedback");
    const before = await prism.query<{ name: string; file: number }>(indexes);

    expect(await maintain(prism, "quarterly.sql")).toBe(
      "vacuumed, analysed and reindexed 7 of 7 tables (not there: none)\n",
    );

    const after = await prism.query<{ name: string; file: number }>(indexes);
    expect(after.map((index) => index.name)).toEqual(before.map((index) => index.name));
    const untouched = after.filter((index) => before.some(({ file }) => file === index.file)).map(({ name }) => name);
    expect(untouched).toEqual([
      "businesses_pkey",
      "idx_businesses_owner",
      "invoices_business_id_invoice_number_key",
      "invoices_pkey",
    ]);
    expect(
      await prism.query(
        "SELECT count(*)::integer AS tables FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL AND last_analyze IS NOT NULL",
      ),
    ).toEqual([{ tables: 7 }]);
    expect(await prism.query("SELECT pg_relation_size('public.ai_feedback')::integer AS bytes")).toEqual([
      { bytes: 0 },
    ]);
  });

  test("drops what a killed REINDEX left, and names what only a superuser can drop", async () => {
    const prism = await deployed.clone("killed_reindex");
    await addFeedback(prism, 3);
    const leftovers = async (): Promise<string[]> => {
      const rows = await prism.query<{ name: string }>(
        "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid ORDER BY 1",
      );
      return rows.map((row) => row.name);
    };
    await postgres.connected(prism.superuser, async (client) => {
      // The rebuild waits for this transaction, and is killed meanwhile.
      await client.query("BEGIN; UPDATE public.ai_feedback SET model_version = '1.0.0'");
      const reindex = prism.query("REINDEX TABLE CONCURRENTLY public.ai_feedback").catch(String);
      await postgres.connected(prism.superuser, async (observer) => {
        const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND query LIKE 'REINDEX%' AND wait_event_type = 'Lock'`;
        while ((await observer.query(kill)).rowCount === 0) await sleep(50);
      });
      expect(await reindex).toContain("terminating connection");
      await client.query("ROLLBACK");
    });
    const left = await leftovers();
    const inToast = left.filter((name) => name.startsWith("pg_toast."));
    expect(left.filter((name) => !inToast.includes(name))).toEqual([
      "ai_feedback_pkey_ccnew",
      "idx_ai_feedback_business_ccnew",
      "idx_ai_feedback_training_batch_ccnew",
      "idx_ai_feedback_user_ccnew",
      "idx_ai_feedback_waiting_ccnew",
      "idx_feedback_training_ccnew",
    ]);
    expect(inToast).toHaveLength(1);

    expect(await failureOf(maintain(prism, "quarterly.sql"))).toContain(
      `ERROR:  the tables were vacuumed and reindexed, but INVALID indexes remain: ${inToast[0]} on ai_feedback: ` +
        "drop each with DROP INDEX CONCURRENTLY (one in pg_toast as a superuser)",
    );
    expect(await leftovers()).toEqual(inToast);

    await postgres.query(prism.superuser, `DROP INDEX CONCURRENTLY ${inToast[0]}`);
    await maintain(prism, "quarterly.sql");
    expect(await prism.sqitch("verify")).toContain("Verify successful");
  });

  test("names an index INVALID for another reason, which REINDEX CONCURRENTLY would skip", async () => {
    const prism = await deployed.clone("invalid_index");
    await postgres.query(
      prism.superuser,
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'public.idx_ml_models_active'::regclass",
    );
    expect(await failureOf(maintain(prism, "quarterly.sql"))).toContain(
      "INVALID indexes remain: idx_ml_models_active on ml_models: drop each with DROP INDEX CONCURRENTLY",
    );
  });

  test("leaves out the tables that are not there, and does not run twice at once", async () => {
    const prism = await deployed.clone("partly_reverted");
    await prism.sqitch("revert", "-y", "--to", "ml_models");
    expect(await maintain(prism, "quarterly.sql")).toBe(
      "vacuumed, analysed and reindexed 4 of 7 tables (not there: user_insights, user_tax_profiles, profile_corrections)\n",
    );
    await postgres.connected(prism.owner, async (client) => {
      await client.query("SELECT pg_advisory_lock(hashtext('prism quarterly maintenance'))");
      expect(await failureOf(maintain(prism, "quarterly.sql"))).toContain(
        "ERROR:  the quarterly maintenance is running already: let it end",
      );
    });
  });
});

describe("monthly", () => {
  const batch = (number: number): string => `00000000-0000-4000-9000-00000000000${number}`;

  /** Adds feedback that a training batch used `days` days ago. A batch is as old as its newest feedback. */
  async function train(prism: SystemDatabase, number: number, rows: number, days: number): Promise<void> {
    await prism.query(
      `INSERT INTO public.ai_feedback (business_id, user_id, subject_type, subject_id, prediction, correction,
         used_in_training, training_batch_id, trained_at, created_at)
       SELECT $1, $2, 'transaction', gen_random_uuid(), '{}', '{}', true, $3, now() - make_interval(days => $5), '2020-01-01'
       FROM generate_series(1, $4)`,
      [smokeTest.business, smokeTest.user, batch(number), rows, days],
    );
  }

  async function model(prism: SystemDatabase, number: number, isActive: boolean): Promise<void> {
    await prism.query(
      "INSERT INTO public.ml_models (model_type, version, is_active, training_batch_id) VALUES ('classifier', $1, $2, $3)",
      [`1.${number}.0`, isActive, batch(number)],
    );
  }

  async function remaining(prism: SystemDatabase): Promise<Record<string, number>> {
    const rows = await prism.query<{ batch: string; rows: number }>(
      `SELECT coalesce(right(training_batch_id::text, 1), 'waiting') AS batch, count(*)::integer AS rows
       FROM public.ai_feedback GROUP BY 1 ORDER BY 1`,
    );
    return Object.fromEntries(rows.map((row) => [row.batch, row.rows]));
  }

  test("removes old batches as a whole, unless an active model was trained on them", async () => {
    const prism = await deployed.clone("monthly");
    await addFeedback(prism, 40);
    await prism.query("UPDATE public.ai_feedback SET created_at = '2020-01-01'");
    await train(prism, 1, 25, 400); // old, its model is retired: goes
    await train(prism, 2, 13, 366); // old, without a model: goes
    await train(prism, 3, 7, 400); // old, its model is active: stays
    await train(prism, 4, 5, 400); // partly old: stays whole
    await train(prism, 4, 1, 364);
    await train(prism, 5, 3, 10); // new: stays
    await model(prism, 1, false);
    await model(prism, 3, true);

    expect(await maintain(prism, "monthly.sql", "-v", "retention_days=365", "-v", "batch_size=10")).toBe(
      "removed 38 rows of ai_feedback\nof 3 training batches older than 365 days 1 stay for active models\n",
    );
    expect(await remaining(prism)).toEqual({ waiting: 40, 3: 7, 4: 6, 5: 3 });

    expect(await maintain(prism, "monthly.sql", "-v", "retention_days=365")).toContain(
      "removed 0 rows of ai_feedback\nof 1 training batches",
    );
  });

  test("removes nothing when the registry of models is not there to say what is in use", async () => {
    const prism = await deployed.clone("without_models");
    await train(prism, 1, 5, 400);
    await prism.sqitch("revert", "-y", "--to", "business_classification_patterns");

    expect(await maintain(prism, "monthly.sql", "-v", "retention_days=365")).toBe(
      "removed 0 rows of ai_feedback: ai_feedback or ml_models is not deployed\n",
    );
    expect(await remaining(prism)).toEqual({ 1: 5 });
  });

  test.each([
    [[], 'retention_days is "", but must be a number of days from 1 to 99999: psql -v retention_days=365'],
    [["-v", "retention_days=0"], 'retention_days is "0", but must be'],
    [
      ["-v", "retention_days=1'; DROP TABLE ai_feedback"],
      'retention_days is "1\'; DROP TABLE ai_feedback", but must be',
    ],
    [
      ["-v", "retention_days=9", "-v", "batch_size=all"],
      'batch_size is "all", but must be a number of rows from 1 to 999999',
    ],
  ])("refuses %j", async (args, message) => {
    expect(await failureOf(maintain(deployed, "monthly.sql", ...args))).toContain(`ERROR:  ${message}`);
  });
});
