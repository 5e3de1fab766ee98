/** The three queries of "Phase 4: Query Performance Testing", with rows on which the runbook's figures mean something. */
import type { MeasuredQuery } from "../../components/checks/query-performance";

export const queries: readonly MeasuredQuery[] = [
  {
    name: "4.1 user dialogue query",
    sql: `SELECT id, query, response, citations, created_at
      FROM ai_dialogue_log
      WHERE user_id = (SELECT id FROM users LIMIT 1)
      ORDER BY created_at DESC
      LIMIT 10`,
    index: "idx_ai_dialogue_user_created",
    milliseconds: 100,
    // "with <10K records".
    rows: 10_000,
    load: [users(), dialogues(1, 10_000)],
  },
  {
    name: "4.2 daily metrics aggregation",
    sql: `SELECT DATE(created_at) AS date, COUNT(*) AS total_queries, AVG(latency_ms) AS avg_latency,
        AVG(token_cost_jpy) AS avg_cost
      FROM ai_dialogue_log
      WHERE created_at >= NOW() - INTERVAL '7 days'
      GROUP BY DATE(created_at)
      ORDER BY date DESC`,
    index: "idx_ai_dialogue_created_at",
    milliseconds: 500,
    // "with <100K records", together with those before.
    rows: 100_000,
    load: [dialogues(10_001, 100_000)],
  },
  {
    name: "4.3 provenance lookup",
    sql: `SELECT content_id, source_uri, license_type, retention_years
      FROM provenance
      WHERE content_type = 'material' AND license_type IN ('cc_by', 'cc_by_sa')
      ORDER BY created_at DESC
      LIMIT 20`,
    // The runbook's "appropriate index": the newest of a type in order, without a sort.
    index: "idx_provenance_type_created",
    milliseconds: 100,
    load: [materials(), provenances(10_000)],
  },
];

/** The queries whose index the checklist names. */
export const named = queries.slice(0, 2);

/** A hundred users, so that there are some on an empty database too. */
function users(): string {
  return `INSERT INTO users (clerk_id, email, name)
    SELECT 'query_performance_' || n, 'query-performance-' || n || '@mued.invalid', 'Query performance ' || n
    FROM generate_series(1, 100) AS n`;
}

/** Dialogues of up to 200 users, spread evenly over a year, seven in ten with a citation. */
function dialogues(first: number, last: number): string {
  return `WITH asking AS (
      SELECT id, row_number() OVER () - 1 AS place, count(*) OVER () AS users
      FROM (SELECT id FROM users LIMIT 200) AS known
    )
    INSERT INTO ai_dialogue_log
      (user_id, session_id, query, response, model_used, citations, latency_ms, token_cost_jpy, created_at)
    SELECT asking.id, gen_random_uuid(), 'Question ' || n, repeat('An answer. ', 20), 'gpt-4',
      CASE WHEN n % 10 < 7 THEN jsonb_build_array(jsonb_build_object('source', 'source ' || n % 50)) ELSE '[]' END,
      500 + n % 2000, (n % 500) / 100.0, now() - interval '365 days' * ((n * 7919) % 100000) / 100000
    FROM generate_series(${first}, ${last}) AS n
    JOIN asking ON asking.place = n % asking.users`;
}

/** A hundred materials, which the provenance of a material must refer to once the foreign keys are there. */
function materials(): string {
  return "INSERT INTO materials (title) SELECT 'Query performance ' || n FROM generate_series(1, 100) AS n";
}

/** Provenance of each type of content under each licence, spread evenly over a year. */
function provenances(rows: number): string {
  return `WITH known AS (
      SELECT id, row_number() OVER () - 1 AS place FROM materials WHERE title LIKE 'Query performance %' LIMIT 100
    ),
    types AS (SELECT enum_range(NULL::content_type) AS all_types, enum_range(NULL::license_type) AS all_licenses)
    INSERT INTO provenance (content_id, content_type, source_uri, license_type, acquisition_method, created_at)
    SELECT CASE WHEN all_types[1 + n % 5] = 'material' THEN known.id ELSE gen_random_uuid() END, all_types[1 + n % 5],
      'https://example.com/' || n, all_licenses[1 + (n / 5) % 7], 'api_import',
      now() - interval '365 days' * ((n * 7919) % ${rows}) / ${rows}
    FROM generate_series(1, ${rows}) AS n
    CROSS JOIN types
    JOIN known ON known.place = n % 100`;
}
