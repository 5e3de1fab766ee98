/**
 * A migration of PM Intelligence, which adds a column. Its floor is the same statement by psql alone, which takes no dump,
 * verifies nothing and knows no way back.
 */
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { timed, type Compared } from "./compared";
import { ProjectCopy } from "./copy";
import { up } from "./course";
import { kubectl } from "./execute";

const system = "pm";
const table = "public.opportunities";

/** Makes the copy with the migrations, and removes them from the database after the work, and those of a killed bench before. */
export async function withMigration(work: (compared: Compared) => Promise<boolean>): Promise<boolean> {
  const copy = new ProjectCopy();
  let count = 0;
  const next = (purpose: string) => `bench_${purpose}_${count++}`;
  try {
    removeAll();
    return await work({
      ...{ name: `a migration of ${system}`, floorName: "psql alone" },
      work() {
        addChange(copy, next("work"));
        return up(copy);
      },
      floor: () => timed(() => psql(add(next("floor")))),
    });
  } finally {
    copy.remove();
    removeAll();
  }
}

/** Takes every change of a bench out of the database, and its column. */
function removeAll(): void {
  const ofBench = "LIKE 'bench\\_%'";
  const ids = `SELECT change_id FROM sqitch.changes WHERE change ${ofBench}`;
  psql(`DELETE FROM sqitch.dependencies WHERE change_id IN (${ids})`);
  psql(`DELETE FROM sqitch.changes WHERE change ${ofBench}`);
  psql(`DO $$ DECLARE each name; BEGIN
    FOR each IN SELECT attname FROM pg_attribute WHERE attrelid = '${table}'::regclass AND NOT attisdropped
      AND attname ${ofBench} LOOP EXECUTE format('ALTER TABLE ${table} DROP COLUMN %I', each); END LOOP; END $$`);
}

const add = (column: string) => `ALTER TABLE ${table} ADD COLUMN ${column} text`;
const drop = (column: string) => `ALTER TABLE ${table} DROP COLUMN IF EXISTS ${column}`;

/** Adds a change to the plan that adds the column. */
function addChange({ directory }: ProjectCopy, column: string): void {
  const project = join(directory, "systems", system, "migrations");
  const scripts = {
    deploy: `BEGIN;\n${add(column)};\nCOMMIT;\n`,
    verify: `BEGIN;\nSELECT ${column} FROM ${table} WHERE false;\nROLLBACK;\n`,
    revert: `BEGIN;\n${drop(column)};\nCOMMIT;\n`,
  };
  for (const [kind, text] of Object.entries(scripts)) writeFileSync(join(project, kind, `${column}.sql`), text);
  appendFileSync(
    join(project, "sqitch.plan"),
    `${column} 2026-11-20T00:00:00Z Runsheet <runsheet@localhost> # bench\n`,
  );
}

function psql(statement: string): void {
  const primary = ["-l", "cnpg.io/instanceRole=primary", "-o", "jsonpath={.items[0].metadata.name}"];
  const pod = kubectl("get", "pods", "-n", system, ...primary);
  kubectl("exec", "-n", system, pod, "-c", "postgres", "--", "psql", "-X", "-q", "-d", system, "-c", statement);
}
