/** Migrations of the four systems as their teams' tools have them, made of the SQL that Runsheet ships. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { plainSql, statementsIn } from "./plain-sql";

/** Migration of a team. */
export interface TeamMigration {
  /** Name by which Runsheet calls it. */
  readonly name: string;
  /** Path below the directory of the migrations. */
  readonly path: string;
  readonly sql: string;
  /** Row of the tool's table by column, without what differs from run to run. */
  readonly row: Readonly<Record<string, unknown>>;
}

/** Directory of migrations. */
export interface TeamMigrations {
  readonly migrations: readonly TeamMigration[];
  /** Further files by path, such as a journal. */
  readonly files: Readonly<Record<string, string>>;
}

/** Writes a directory as the tool has it. Returns its path. */
export function written({ migrations, files }: TeamMigrations, directory: string): string {
  const all = [...migrations.map(({ path, sql }) => [path, sql] as const), ...Object.entries(files)];
  for (const [path, text] of all) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

/** SQL by the name of its change. */
type Named = readonly (readonly [name: string, sql: string])[];

const deployed = (system: string, change: string) => plainSql(system, `migrations/deploy/${change}.sql`);

/** Changes of a Sqitch project, each with the time of its plan as YYYYMMDDHHMMSS. */
function planned(system: string): { readonly change: string; readonly time: string }[] {
  const plan = readFileSync(join(__dirname, "../../../systems", system, "migrations/sqitch.plan"), "utf8");
  return [...plan.matchAll(/^(\w+) .*?(\d{4}-\d\d-\d\dT[\d:]+)Z/gm)].map(([, change, time]) => ({
    change: change!,
    time: time!.replaceAll(/\D/g, ""),
  }));
}

/** Migrations of the Supabase CLI: `<timestamp>_name.sql`. */
function ofSupabase(system: string, baseline: { readonly version: string; readonly name: string }): TeamMigrations {
  // Nobody but the platform grants rights on its schema auth.
  const before = plainSql(system, "baseline.sql").replace("ON SCHEMA auth, public", "ON SCHEMA public");
  const changes = planned(system).map(({ change, time }) => supabase(time, change, deployed(system, change)));
  return { migrations: [supabase(baseline.version, baseline.name, before), ...changes], files: {} };
}

const supabase = (version: string, name: string, sql: string): TeamMigration => ({
  ...{ name: `${version}_${name}`, path: `${version}_${name}.sql`, sql },
  row: { version, name, statements: statementsIn(sql).map((statement) => statement.replace(/;$/, "")) },
});

/** Migrations of Drizzle 0.x: NNNN_name.sql with a journal, a mark between two statements, no newline at the end. */
function ofDrizzle(named: Named, start: number): TeamMigrations {
  const day = 86_400_000;
  const migrations = named.map(([name, plain], index): TeamMigration => {
    const sql = statementsIn(plain).join("\n--> statement-breakpoint\n");
    const hash = createHash("sha256").update(sql).digest("hex");
    return { name, path: `${name}.sql`, sql, row: { hash, created_at: String(start + index * day) } };
  });
  return { migrations, files: drizzleJournal(migrations) };
}

/** Returns the journal of migrations of Drizzle, by its path. */
export function drizzleJournal(migrations: readonly TeamMigration[]): Readonly<Record<string, string>> {
  const entries = migrations.map(({ name, row }, idx) => ({
    ...{ idx, version: "7", when: Number(row.created_at), tag: name, breakpoints: true },
  }));
  return { "meta/_journal.json": JSON.stringify({ version: "7", dialect: "postgresql", entries }, undefined, 2) };
}

/** Migrations of Flyway: V3_008__name.sql, and U3_008__name.sql with which its paid editions go back. */
function ofFlyway(named: Named, undo: Named): TeamMigrations {
  return {
    migrations: named.map(([name, sql]): TeamMigration => {
      const [, version, description] = /^V([\d_]+?)__(\w+)$/.exec(name)!;
      return {
        ...{ name, path: `${name}.sql`, sql },
        row: {
          version: version!.replaceAll("_", "."),
          description: description!.replaceAll("_", " "),
          type: "SQL",
          script: `${name}.sql`,
          checksum: crc32(sql.split("\n").join("")) | 0,
          success: true,
        },
      };
    }),
    files: Object.fromEntries(undo.map(([name, sql]) => [`${name}.sql`, sql])),
  };
}

export const prismMigrations = ofSupabase("prism", { version: "20241001080000", name: "businesses_and_invoices" });
export const omniopsMigrations = ofSupabase("omniops", { version: "20250901080000", name: "customers_and_messages" });

/** Takes statements of a baseline by their position. */
function baseline(system: string, ...parts: readonly (readonly [string, number, number])[]): Named {
  const statements = statementsIn(plainSql(system, "baseline.sql"));
  return parts.map(([name, from, to]) => [name, `${statements.slice(from, to).join("\n")}\n`]);
}

const muedChanges = ["0002_add_rag_metrics", "0003_optimize_rag_indexes"];
/** One file of the checklist. */
const muedKeys = ["0004_add_foreign_keys", "0005_validate_foreign_keys"];

export const muedMigrations = ofDrizzle(
  [
    ...baseline("mued", ["0000_users", 0, 2], ["0001_materials", 2, Infinity]),
    ...muedChanges.map((change) => [change, deployed("mued", change)] as const),
    [muedKeys[0]!, muedKeys.map((change) => deployed("mued", change)).join("")],
  ],
  Date.UTC(2025, 9, 25),
);

/** Versions of PM's changes. Flyway takes a version once, and the runbook has two scripts of V3_008 and V3_010. */
const pmVersions = {
  V3_008_neo4j_sync_backlog: "3_008__neo4j_sync_backlog",
  V3_008_indexes: "3_008_1__indexes",
  V3_009_budget_allocations: "3_009__budget_allocations",
  V3_010_jira_issue_tracking: "3_010__jira_issue_tracking",
  V3_010_conflict_targets: "3_010_1__conflict_targets",
  V3_011_neo4j_dead_letter: "3_011__neo4j_dead_letter",
  V3_012_observability: "3_012__observability",
  V3_013_user_features: "3_013__user_features",
};

export const pmMigrations = ofFlyway(
  [
    ...baseline(
      "pm",
      ["V3_001__users", 0, 2],
      ["V3_002__api_keys", 2, 4],
      ["V3_003__signals", 4, 5],
      ["V3_004__opportunities", 5, 6],
      ["V3_005__opportunity_signals", 6, 7],
      ["V3_006__ai_usage_costs", 7, 9],
      ["V3_007__rights", 9, Infinity],
    ),
    ...Object.entries(pmVersions).map(([change, version]) => [`V${version}`, deployed("pm", change)] as const),
  ],
  // In a transaction with the row of Flyway's table, so not CONCURRENTLY.
  Object.entries(pmVersions).map(([change, version]) => [
    `U${version}`,
    plainSql("pm", `migrations/revert/${change}.sql`).replaceAll(" CONCURRENTLY", ""),
  ]),
);
