/**
 * Measures the queries in the variable QUERIES, in a pod. Exits with 1 if one is too slow or does not use its index.
 *
 * Failures are printed last, since Pulumi's error shows the end of the output. Everything happens in one transaction
 * that is rolled back. No other session sees the rows that are added for it, and PostgreSQL also rolls back when the
 * runner is killed.
 */
import type { Client } from "pg";
import { connectPostgres } from "../../postgres/in-pod/client";
import { describePlan, judge, type Explanation, type Found } from "./plan";
import type { Measurement, MeasuredQuery } from "../query";

/** Number of measurements of each query. The fastest counts, for other load slows the others down. */
const attempts = 3;

async function measure(client: Client, query: MeasuredQuery): Promise<Found & { readonly table: string | undefined }> {
  for (const statement of query.load ?? []) await client.query(statement);
  const table = await tableOf(client, query.index);
  if (table !== undefined) await client.query(`ANALYZE ${table}`);
  const explanations: Explanation[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { rows } = await client.query<{ "QUERY PLAN": [Explanation] }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${query.sql}`);
    explanations.push(rows[0]!["QUERY PLAN"][0]);
  }
  const best = explanations.reduce((one, other) => (other["Execution Time"] < one["Execution Time"] ? other : one));
  return { explanation: best, table, rows: table === undefined ? undefined : await rowsOf(client, table) };
}

/** Returns the table of an index, quoted for SQL. Undefined if there is no such index. */
async function tableOf(client: Client, index: string): Promise<string | undefined> {
  const text = "SELECT indrelid::regclass::text AS name FROM pg_index WHERE indexrelid = to_regclass($1)";
  return (await client.query<{ name: string }>(text, [index])).rows[0]?.name;
}

/** Returns the number of rows that ANALYZE has just counted or estimated. */
async function rowsOf(client: Client, table: string): Promise<number> {
  const text = "SELECT reltuples::float8 AS rows FROM pg_class WHERE oid = $1::regclass";
  return (await client.query<{ rows: number }>(text, [table])).rows[0]!.rows;
}

async function measureAll(client: Client, { queries }: Measurement): Promise<string[]> {
  const failures: string[] = [];
  const loaded = new Set<string>();
  await client.query("BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '2min'");
  try {
    for (const query of queries) {
      const found = await measure(client, query);
      if (found.table !== undefined && query.load?.length) loaded.add(found.table);
      const { passed, line } = judge(query, found);
      const report = `${line}\n${describePlan(found.explanation.Plan)}`;
      console.log(report);
      if (!passed) failures.push(report);
    }
  } finally {
    await client.query("ROLLBACK");
  }
  // ANALYZE writes a table's number of rows outside of the transaction, so it is corrected after the rollback.
  for (const table of loaded) await client.query(`ANALYZE ${table}`);
  return failures;
}

async function main(): Promise<void> {
  const measurement = JSON.parse(process.env.QUERIES ?? "") as Measurement;
  const client = await connectPostgres({
    connectionTimeoutMillis: 10_000,
    application_name: "runsheet query performance",
  });
  try {
    const failures = await measureAll(client, measurement);
    const { length } = measurement.queries;
    if (failures.length === 0) return console.log(`${length} of ${length} queries passed`);
    console.error(failures.join("\n"));
    process.exitCode = 1;
  } finally {
    await client.end();
  }
}

main().catch((error: unknown) => {
  console.error(`FAILED the measurement: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
