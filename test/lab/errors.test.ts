/**
 * The errors that a user meets. Each says what is wrong, leaves the system as it was or ready to go on, and the next `up`
 * goes on when the cause is mended.
 */
import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually, kubectl, redis, sql } from "../support/cluster";
import { Workspace, execute } from "../support/workspace";

const workspace = new Workspace();
const migrations = "systems/prism/migrations";
const last = "feedback_training_index";

afterAll(() => workspace.remove());

/** `up` fails, and its output says so. */
async function upFails(...messages: (string | RegExp)[]): Promise<string> {
  const { code, output } = await workspace.up();
  for (const message of messages) expect(output).toMatch(message instanceof RegExp ? message : literally(message));
  expect(code).not.toBe(0);
  return output;
}

async function upSucceeds(): Promise<void> {
  const { code, output } = await workspace.up();
  if (code !== 0) throw new Error(output);
}

const literally = (text: string) => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));

/** Adds a change at the end of the plan. */
function addChange(name: string, scripts: { deploy: string; verify?: string; revert?: string }): void {
  workspace.edit(
    `${migrations}/sqitch.plan`,
    (plan) => `${plan.trimEnd()}\n${name} 2026-11-20T00:00:00Z Runsheet <runsheet@localhost> # for a test\n`,
  );
  for (const kind of ["deploy", "verify", "revert"] as const) script(kind, name, scripts[kind] ?? "SELECT 1;\n");
}

function script(kind: string, name: string, text: string): void {
  writeFileSync(join(workspace.directory, migrations, kind, `${name}.sql`), text);
}

/** Takes an added change back, from the database and from the plan. */
async function removeChange(name: string): Promise<void> {
  workspace.configure({ "prism:schema": { target: last } });
  await upSucceeds();
  workspace.edit(`${migrations}/sqitch.plan`, (plan) =>
    plan
      .split("\n")
      .filter((line) => !line.startsWith(`${name} `))
      .join("\n"),
  );
  for (const kind of ["deploy", "verify", "revert"]) rmSync(join(workspace.directory, migrations, kind, `${name}.sql`));
  workspace.configure({ "prism:schema": undefined });
}

const migrationJobs = async () =>
  (await kubectl("get", "jobs", "-n", "prism", "-o", "name"))
    .split("\n")
    .map((job) => job.replace("job.batch/", ""))
    .filter((job) => job.startsWith("prism-migrate-"));
const applied = async (change: string) =>
  (await sql(`SELECT count(*) FROM sqitch.changes WHERE change = '${change}'`)) === "1";
const apiRelease = () =>
  kubectl(
    "get",
    "-n",
    "prism",
    "deployment/prism-api",
    "-o",
    "jsonpath={.metadata.labels.app\\.kubernetes\\.io/version}",
  );

describe("in the configuration: nothing is changed", () => {
  test("an unknown key", async () => {
    workspace.configure({ "prism:relase": "5.0.1" });
    await upFails(
      "nothing was changed",
      "prism:relase is no key that Runsheet knows; the keys of prism: are release, ",
    );
    workspace.configure({ "prism:relase": undefined });
  });

  test("a missing key", async () => {
    workspace.configure({ "prism:redis": undefined });
    await upFails("prism:redis is missing; set it with: pulumi config set prism:redis");
    workspace.configure({ "prism:redis": { engine: "kubernetes", storage: "1Gi" } });
  });

  test("a missing secret", async () => {
    workspace.configure({ "prism:generateSecrets": undefined });
    await upFails("prism:openaiApiKey is missing; set it with: pulumi config set --secret prism:openaiApiKey");
    workspace.configure({ "prism:generateSecrets": true });
  });

  test("afterwards an up changes nothing", async () =>
    expect((await workspace.up("--expect-no-changes")).code).toBe(0));
});

describe("in the migrations", () => {
  test("an SQL error is in the output, nothing is half applied, nothing after it runs, and the next up goes on", async () => {
    addChange("broken", {
      deploy: "BEGIN;\nCREATE TABLE half_applied (id int);\nSELECT 1 / 0;\nCOMMIT;\n",
      revert: "DROP TABLE half_applied;\n",
    });
    workspace.configure({ "prism:release": "5.0.1" });
    const before = await migrationJobs();
    await upFails("ERROR:  division by zero", "prism-migrate-broken");
    expect(await sql("SELECT to_regclass('half_applied') IS NULL")).toBe("t");
    expect(await applied("broken")).toBe(false);
    expect(await apiRelease()).toBe("5.0.0");
    script("deploy", "broken", "BEGIN;\nCREATE TABLE half_applied (id int);\nCOMMIT;\n");
    await upSucceeds();
    expect(await applied("broken")).toBe(true);
    expect(await apiRelease()).toBe("5.0.1");
    // Only the new change ran.
    expect((await migrationJobs()).filter((job) => !job.startsWith("prism-migrate-broken"))).toEqual(before);
    await removeChange("broken");
    expect(await sql("SELECT to_regclass('half_applied') IS NULL")).toBe("t");
  });

  test("an edited applied change is refused by its name", async () => {
    workspace.edit(`${migrations}/deploy/ml_models.sql`, (text) => `${text}\n-- edited\n`);
    await upFails(
      "refused: the change ml_models is applied already, and its deploy script is not the one that was applied.",
      "What to do: take the edit back, and put what is to be different into a new change of the plan.",
    );
    workspace.edit(`${migrations}/deploy/ml_models.sql`, (text) => text.replace("\n-- edited\n", ""));
    await upSucceeds();
  });

  test("a verification that fails takes its change back", async () => {
    addChange("unverified", {
      deploy: "CREATE TABLE unverified (id int);\n",
      verify: "DO $$ BEGIN RAISE EXCEPTION 'the table is not as it should be'; END $$;\n",
      revert: "DROP TABLE unverified;\n",
    });
    await upFails("the table is not as it should be", "prism-migrate-unverified");
    expect(await applied("unverified")).toBe(false);
    expect(await sql("SELECT to_regclass('unverified') IS NULL")).toBe("t");
    script("verify", "unverified", "SELECT 1 FROM unverified WHERE false;\n");
    await upSucceeds();
    await removeChange("unverified");
  });

  test("an index that a failed run left INVALID is made again", async () => {
    workspace.configure({ "prism:schema": { target: "user_tax_profiles" } });
    await upSucceeds();
    const row =
      "'00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', 'business', '00000000-0000-4000-8000-000000000002', '{}', '{}', '2026-01-01'";
    await sql(
      `INSERT INTO ai_feedback (business_id, user_id, subject_type, subject_id, prediction, correction, created_at) VALUES (${row}), (${row})`,
    );
    await expect(
      sql("CREATE UNIQUE INDEX CONCURRENTLY idx_feedback_training ON ai_feedback (used_in_training, created_at)"),
    ).rejects.toThrow("could not create unique index");
    const valid = () =>
      sql("SELECT indisvalid, indisunique FROM pg_index WHERE indexrelid = 'idx_feedback_training'::regclass");
    expect(await valid()).toBe("f|t");
    workspace.configure({ "prism:schema": undefined });
    await upSucceeds();
    expect(await valid()).toBe("t|f");
    await sql("DELETE FROM ai_feedback");
  });
});

describe("in the prerequisites: the services stay as they are", () => {
  test("the existing schema is missing", async () => {
    await sql("ALTER TABLE public.invoices RENAME TO invoices_away");
    workspace.configure({ "prism:release": "5.0.2" });
    await upFails(
      'FAILED the existing PRISM schema: missing is ["public.invoices"], expected []',
      "or set prism:baseline to true on a stack of its own",
    );
    expect(await apiRelease()).toBe("5.0.1");
    await sql("ALTER TABLE public.invoices_away RENAME TO invoices");
    await upSucceeds();
  });

  test("the database cannot be reached", async () => {
    await kubectl(
      "annotate",
      "-n",
      "prism",
      "clusters.postgresql.cnpg.io/prism-postgresql",
      "cnpg.io/hibernation=on",
      "--overwrite",
    );
    await eventually(
      "the database is off",
      async () => !(await kubectl("get", "pods", "-n", "prism")).includes("prism-postgresql-1"),
      120,
    );
    workspace.configure({ "prism:release": "5.0.3" });
    await upFails(/FAILED PostgreSQL 14 or later: .*(ECONNREFUSED|timeout|EHOSTUNREACH)/);
    expect(await apiRelease()).toBe("5.0.2");
    await kubectl("annotate", "-n", "prism", "clusters.postgresql.cnpg.io/prism-postgresql", "cnpg.io/hibernation-");
    await eventually("the database is back", async () => (await sql("SELECT 1")) === "1", 180);
    await upSucceeds();
  });
});

describe("in the services", () => {
  test("an image that does not exist: the error names it, and the old release goes on serving", async () => {
    workspace.configure({
      "prism:application": { api: "runsheet.lab/missing", functions: "runsheet.lab/missing" },
      "prism:generateSecrets": undefined,
      "prism:rolloutDeadlineSeconds": 15,
    });
    for (const key of ["openaiApiKey", "supabaseServiceRoleKey", "supabaseAnonKey", "adminToken"]) {
      expect(
        (await workspace.pulumi(["config", "set", "--secret", `prism:${key}`, "not-a-key", "--stack", "local"])).code,
      ).toBe(0);
    }
    await upFails("runsheet.lab/missing:5.0.3");
    const available = await kubectl(
      "get",
      "-n",
      "prism",
      "deployment/prism-api",
      "-o",
      "jsonpath={.status.availableReplicas}",
    );
    expect(available).toBe("2");
    workspace.configure({
      "prism:application": { standIn: true },
      "prism:generateSecrets": true,
      "prism:rolloutDeadlineSeconds": undefined,
      ...Object.fromEntries(
        ["openaiApiKey", "supabaseServiceRoleKey", "supabaseAnonKey", "adminToken"].map((key) => [
          `prism:${key}`,
          undefined,
        ]),
      ),
    });
    await upSucceeds();
  });
});

describe("in the smoke tests", () => {
  const fault = (...faults: object[]) => redis("SET", "stand-in:prism:faults", JSON.stringify(faults));
  afterAll(() => redis("DEL", "stand-in:prism:faults"));

  test("an error, a wrong body and no answer are told apart; when mended the next up passes", async () => {
    workspace.configure({ "prism:release": "5.0.4" });
    await fault({ path: "/health", status: 500, body: "out of order" });
    await upFails(
      /FAILED API health: GET http:\/\/prism-api\.prism:3000\/health expected status 200, got 500 out of order/,
    );
    await fault({ path: "/health", status: 200, body: '{"status":"degraded"}' });
    await upFails('status is "degraded", expected "healthy"; got 200 {"status":"degraded"}');
    await fault({ path: "/health", hang: true });
    await upFails("FAILED API health: GET http://prism-api.prism:3000/health was not answered: no answer within 5 s");
    await redis("DEL", "stand-in:prism:faults");
    await upSucceeds();
  });
});

describe("in the running of up", () => {
  const slow = "BEGIN;\nSELECT pg_sleep(15);\nCREATE TABLE slow (id int);\nCOMMIT;\n";
  const slowRuns = async () =>
    (await sql(
      "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(15)%' AND pid <> pg_backend_pid()",
    )) !== "0";

  test("two at once: the second is refused, the first goes on", async () => {
    addChange("slow", { deploy: slow, revert: "DROP TABLE slow;\n" });
    const first = workspace.up();
    await eventually("the migration runs", slowRuns, 120);
    const plain = await workspace.up();
    expect(plain.output).toContain("the stack is currently locked by 1 lock(s)");
    expect(plain.code).not.toBe(0);
    const whole = await execute("bash", ["lab/run.sh", "up"], workspace.directory);
    expect(whole.output).toMatch(
      /another pulumi \(process \d+\) is at work on stack local: wait until it ends, then try again/,
    );
    expect(whole.code).not.toBe(0);
    expect((await first).code).toBe(0);
    await removeChange("slow");
  });

  test("killed in the middle of a migration: the next up waits for the migration that still runs, which is applied once", async () => {
    addChange("slow", { deploy: slow, revert: "DROP TABLE slow;\n" });
    const killed = spawn("pulumi", ["up", "--yes", "--skip-preview", "--stack", "local", "--non-interactive"], {
      cwd: workspace.directory,
      detached: true,
      stdio: "ignore",
    });
    await eventually("the migration runs", slowRuns, 120);
    process.kill(-killed.pid!, "SIGKILL");
    const again = await execute("bash", ["lab/run.sh", "up"], workspace.directory);
    expect(again.output).toMatch(/an earlier pulumi \(process \d+\) was killed: its lock on stack local is removed/);
    expect(again.code).toBe(0);
    expect(await sql("SELECT count(*) FROM sqitch.events WHERE change = 'slow' AND event = 'deploy'")).toBe("2"); // this test's and the one's before
    expect(await sql("SELECT to_regclass('slow') IS NOT NULL")).toBe("t");
    await removeChange("slow");
    expect((await workspace.up("--expect-no-changes")).code).toBe(0);
  });
});

test("at the end everything is as it was", async () => {
  workspace.configure({ "prism:release": "5.0.0" });
  await upSucceeds();
  const { code } = await workspace.pulumi(["refresh", "--stack", "local", "--preview-only", "--expect-no-changes"]);
  expect(code).toBe(0);
});
