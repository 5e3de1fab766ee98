/**
 * Locale of a new database: case, similarity and sort order. The PostgreSQL server is initialised like a stack's
 * databases.
 */
import { asSuperuser, ThrowAwayPostgres } from "./postgres";

let postgres: ThrowAwayPostgres;
beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start();
  await postgres.query(asSuperuser(), "CREATE EXTENSION pg_trgm");
});
afterAll(() => postgres.stop());

test.each([
  ["'É' ILIKE 'é'", true],
  ["lower('ÄÖ')", "äö"],
  ["similarity('Привет', 'привет')", 1],
  ["similarity('東京都', '東京')", 0.4],
  ["'京' ~ '^\\w$'", true],
  // Sorted by bytes.
  ["array(SELECT * FROM unnest('{b,B,é,z,Z}'::text[]) AS letter ORDER BY letter)::text", "{B,Z,b,z,é}"],
])("%s is %s", async (expression, value) => {
  const [row] = await postgres.query<{ value: unknown }>(asSuperuser(), `SELECT ${expression} AS value`);
  expect(row!.value).toBe(value);
});
