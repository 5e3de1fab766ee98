/** Functions with their results and privileges, and the contents of views. */
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { addToBacklog, changes, pmSystem, runScripts } from "./pm";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
let pm: SystemDatabase;

startSystem(pmSystem, async (created) => {
  ({ postgres } = created);
  pm = created;
  await runScripts(pm, "deploy", changes);
});

const asApp = <Row>(text: string, values: readonly unknown[] = []) => postgres.query<Row>(pm.app, text, values);
const asReadOnly = (text: string) => postgres.query({ user: "pm_read_only", database: pm.database }, text);

describe("the backlog", () => {
  const move = "SELECT public.move_to_dead_letter($1) AS moved";
  const cleanup = "SELECT public.cleanup_neo4j_backlog($1) AS removed";
  beforeEach(() => asApp("DELETE FROM public.neo4j_sync_backlog"));

  test("what failed as often as given is moved with all its values, and nothing else", async () => {
    await addToBacklog(pm, "waiting");
    await addToBacklog(pm, "failed-4", 4);
    const moved = await addToBacklog(pm, "failed-5", 5);
    await asApp("UPDATE public.neo4j_sync_backlog SET payload = '{\"x\": 1}', created_at = '2026-02-01T00:00Z'");
    await asApp(
      `INSERT INTO public.neo4j_sync_backlog (operation, entity_type, entity_id, status, retry_count, claimed_at)
       VALUES ('delete', 'signal', 'tried', 'processing', 9, now())`,
    );

    expect(await asApp(move, [5])).toEqual([{ moved: 1 }]);

    expect(await asApp("SELECT entity_id FROM public.neo4j_sync_backlog ORDER BY id")).toEqual([
      { entity_id: "waiting" },
      { entity_id: "failed-4" },
      { entity_id: "tried" },
    ]);
    expect(
      await asApp(
        `SELECT backlog_id::integer, operation, entity_type, entity_id, payload, retry_count::integer, last_error,
           queued_at, resolution, resolved_at FROM public.neo4j_sync_dead_letter`,
      ),
    ).toEqual([
      {
        backlog_id: moved,
        operation: "update",
        entity_type: "signal",
        entity_id: "failed-5",
        payload: { x: 1 },
        retry_count: 5,
        last_error: "Neo4j does not answer",
        queued_at: new Date("2026-02-01T00:00Z"),
        resolution: null,
        resolved_at: null,
      },
    ]);
    expect(await asApp(move, [5])).toEqual([{ moved: 0 }]);
  });

  test("two that move at once move each row once", async () => {
    await asApp(
      `INSERT INTO public.neo4j_sync_backlog (operation, entity_type, entity_id, status, retry_count, last_error)
       SELECT 'update', 'signal', 'at-once-' || n, 'failed', 5, 'Neo4j does not answer' FROM generate_series(1, 20) AS n`,
    );
    const results = await Promise.all([asApp<{ moved: number }>(move, [5]), asApp<{ moved: number }>(move, [5])]);
    expect(results.flat().reduce((sum, { moved }) => sum + moved, 0)).toBe(20);
    expect(
      await asApp(
        "SELECT count(*)::integer AS rows FROM public.neo4j_sync_dead_letter WHERE entity_id LIKE 'at-once%'",
      ),
    ).toEqual([{ rows: 20 }]);
  });

  test("what was completed more than so many days ago is removed", async () => {
    await asApp(
      `INSERT INTO public.neo4j_sync_backlog (operation, entity_type, entity_id, status, completed_at)
       SELECT 'update', 'signal', days::text, 'completed', now() - make_interval(days => days, mins => 1)
       FROM generate_series(5, 9) AS days`,
    );
    await addToBacklog(pm, "failed", 5);
    await asApp("UPDATE public.neo4j_sync_backlog SET created_at = now() - interval '30 days'");
    expect(await asApp(cleanup, [7])).toEqual([{ removed: 3 }]);
    expect(await asApp("SELECT entity_id FROM public.neo4j_sync_backlog ORDER BY id")).toEqual([
      { entity_id: "5" },
      { entity_id: "6" },
      { entity_id: "failed" },
    ]);
    expect(await asApp(cleanup, [0])).toEqual([{ removed: 2 }]);
  });

  test.each([
    [move, 0, "max_retries must be 1 or more, but is 0"],
    [move, null, "max_retries must be 1 or more, but is <NULL>"],
    [cleanup, -1, "days must be 0 or more, but is -1"],
    [cleanup, null, "days must be 0 or more, but is <NULL>"],
  ])("%s is refused with %s", async (query, value, message) => {
    await expect(asApp(query, [value])).rejects.toMatchObject({ code: "22023", message });
  });

  test("who only reads moves and removes nothing", async () => {
    await expect(asReadOnly("SELECT public.move_to_dead_letter(5)")).rejects.toThrow(
      "permission denied for function move_to_dead_letter",
    );
    await expect(asReadOnly("SELECT public.cleanup_neo4j_backlog(0)")).rejects.toThrow(
      "permission denied for function cleanup_neo4j_backlog",
    );
  });
});

test("the circuit breaker begins closed, and is open only with a time to try again", async () => {
  const set = (assignment: string) => asApp(`UPDATE public.neo4j_circuit_breaker SET ${assignment}`);
  expect(
    await asApp("SELECT name, state, failure_count::integer, opened_at FROM public.neo4j_circuit_breaker"),
  ).toEqual([{ name: "neo4j", state: "closed", failure_count: 0, opened_at: null }]);
  await expect(set("state = 'open', opened_at = now()")).rejects.toMatchObject({
    constraint: "neo4j_circuit_breaker_next_attempt_check",
  });
  await expect(set("state = 'half_open'")).rejects.toMatchObject({ constraint: "neo4j_circuit_breaker_opened_check" });
  await set("state = 'open', opened_at = now(), next_attempt_at = now() + interval '30 seconds'");
  await set("state = 'half_open', next_attempt_at = NULL");
  await set("state = 'closed', opened_at = NULL, failure_count = 0");
});

describe("the views over what was observed", () => {
  const refresh = "SELECT public.refresh_observability_views()";
  const hourly = `SELECT hour, endpoint, method, request_count::integer AS requests, error_count::integer AS errors,
    avg_ms, p50_ms, p95_ms, p99_ms FROM public.performance_metrics_hourly ORDER BY hour, endpoint, method`;
  const summary = `SELECT error_type, severity, group_count::integer AS groups, unresolved_count::integer AS unresolved,
    occurrence_count::integer AS occurrences, first_seen_at, last_seen_at FROM public.error_summary ORDER BY 1, 2`;
  beforeAll(async () => {
    // Durations of 0, 10, ... 1000 ms. The last three requests are server errors, the three before them client errors.
    await asApp(
      `INSERT INTO public.performance_metrics (endpoint, method, status_code, duration_ms, recorded_at)
       SELECT '/api/signals', 'GET', CASE WHEN n >= 98 THEN 503 WHEN n >= 95 THEN 404 ELSE 200 END, n * 10,
         '2026-02-24T10:00Z'::timestamptz + n * interval '30 seconds'
       FROM generate_series(0, 100) AS n`,
    );
    await asApp(
      `INSERT INTO public.performance_metrics (endpoint, method, status_code, duration_ms, recorded_at)
       VALUES ('/api/signals', 'POST', 201, 20, '2026-02-24T10:59:59.999Z'),
         ('/api/signals', 'POST', 201, 120, '2026-02-24T10:00Z'), ('/api/signals', 'POST', 500, 7, '2026-02-24T11:00Z')`,
    );
    await asApp(
      `INSERT INTO public.error_aggregation
         (fingerprint, error_type, message, severity, status, occurrence_count, first_seen_at, last_seen_at, resolved_at)
       VALUES ('a', 'Timeout', 'Neo4j', 'error', 'unresolved', 5, '2026-02-23T00:00Z', '2026-02-24T00:00Z', NULL),
         ('b', 'Timeout', 'JIRA', 'error', 'resolved', 2, '2026-02-22T00:00Z', '2026-02-23T00:00Z', now()),
         ('c', 'Timeout', 'disk', 'critical', 'ignored', 1, '2026-02-24T00:00Z', '2026-02-24T00:00Z', NULL)`,
    );
  });

  test("are filled when created: readable and empty before anything happened", async () => {
    expect([await asReadOnly(hourly), await asReadOnly(summary)]).toEqual([[], []]);
  });

  test("have exact percentiles by hour, endpoint and method, in whatever time zone", async () => {
    await asApp(`SET TIME ZONE 'Asia/Kolkata'; ${refresh}`);
    const hour = new Date("2026-02-24T10:00Z");
    const signals = { endpoint: "/api/signals" };
    expect(await asReadOnly(hourly)).toEqual([
      {
        ...{ hour, ...signals, method: "GET", requests: 101, errors: 3 },
        ...{ avg_ms: 500, p50_ms: 500, p95_ms: 950, p99_ms: 990 },
      },
      {
        ...{ hour, ...signals, method: "POST", requests: 2, errors: 0 },
        ...{ avg_ms: 70, p50_ms: 70, p95_ms: 115, p99_ms: 119 },
      },
      {
        ...{ hour: new Date("2026-02-24T11:00Z"), ...signals, method: "POST", requests: 1, errors: 1 },
        ...{ avg_ms: 7, p50_ms: 7, p95_ms: 7, p99_ms: 7 },
      },
    ]);
  });

  test("sum the errors up by type and severity", async () => {
    const day = (number: number) => new Date(`2026-02-${number}T00:00Z`);
    const timeout = { error_type: "Timeout" };
    expect(await asReadOnly(summary)).toEqual([
      {
        ...{ ...timeout, severity: "critical", groups: 1, unresolved: 0, occurrences: 1 },
        ...{ first_seen_at: day(24), last_seen_at: day(24) },
      },
      {
        ...{ ...timeout, severity: "error", groups: 2, unresolved: 1, occurrences: 7 },
        ...{ first_seen_at: day(22), last_seen_at: day(24) },
      },
    ]);
  });

  test("are read while they are refreshed", async () => {
    await postgres.connected({ user: "pm_read_only", database: pm.database }, async (reader) => {
      // The transaction keeps a reader's locks until its end. A refresh that blocks readers would have to wait for it.
      await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
      const before = (await reader.query(hourly)).rows;
      await asApp(
        `INSERT INTO public.performance_metrics (endpoint, method, status_code, duration_ms, recorded_at)
         VALUES ('/api/signals', 'POST', 201, 1, '2026-02-24T11:30Z')`,
      );
      await asApp(`SET lock_timeout = '5s'; ${refresh}`);
      expect((await reader.query(hourly)).rows).toEqual(before);
      expect((await asReadOnly(hourly)).at(-1)).toMatchObject({ requests: 2, p50_ms: 4 });
      await reader.query("COMMIT");
    });
  });

  test("are refreshed by the app through the function only, and not by who only reads", async () => {
    await expect(asReadOnly(refresh)).rejects.toThrow("permission denied for function refresh_observability_views");
    for (const view of ["performance_metrics_hourly", "error_summary"]) {
      await expect(asApp(`REFRESH MATERIALIZED VIEW public.${view}`)).rejects.toThrow(
        `must be owner of materialized view ${view}`,
      );
    }
  });

  test.each([
    ["performance_metrics", "duration_ms = 0"],
    ["error_occurrences", "stack = NULL"],
    ["tracing_spans", "duration_ms = 0"],
    ["user_activity_log", "details = '{}'"],
  ])("what is in %s is removed when it is old, and never changed", async (table, assignment) => {
    await expect(asApp(`UPDATE public.${table} SET ${assignment}`)).rejects.toThrow(
      `permission denied for table ${table}`,
    );
    await asApp(`DELETE FROM public.${table}`);
  });

  test.each(["NaN", "-1", "86400001"])("a duration of %s ms is none", async (duration) => {
    await expect(
      asApp(
        `INSERT INTO public.performance_metrics (endpoint, method, status_code, duration_ms) VALUES ('/', 'GET', 200, '${duration}')`,
      ),
    ).rejects.toMatchObject({ constraint: "performance_metrics_duration_ms_check" });
  });
});
