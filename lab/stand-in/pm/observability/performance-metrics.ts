/**
 * Durations of the requests, in performance_metrics. Before V3_012 the table does not exist, and nothing is recorded.
 */
import type { Query } from "../../core/database";
import { isThere } from "../tables";

export const table = "performance_metrics";

export interface Measurement {
  /** Route of the request. The path would differ for each row that is requested. */
  endpoint: string;
  method: string;
  status: number;
  milliseconds: number;
  at: Date;
}

const insert = `INSERT INTO performance_metrics (endpoint, method, status_code, duration_ms, recorded_at)
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::numeric[], $5::timestamptz[])`;

const since = "recorded_at > now() - make_interval(hours => $1)";

const percentile = (share: number) =>
  `coalesce(round(percentile_cont(${share}) WITHIN GROUP (ORDER BY duration_ms::float8)::numeric, 3), 0)::float8`;

const selectStatistics = `SELECT count(*)::int AS count, ${percentile(0.5)} AS p50, ${percentile(0.95)} AS p95,
    ${percentile(0.99)} AS p99
  FROM performance_metrics WHERE ${since}`;

const selectSlowest = `SELECT endpoint, method, count(*)::int AS count, ${percentile(0.5)} AS p50, ${percentile(0.95)} AS p95,
    max(duration_ms)::float8 AS max
  FROM performance_metrics WHERE ${since} GROUP BY endpoint, method ORDER BY p95 DESC, endpoint, method LIMIT 20`;

const selectRequests = `SELECT count(*)::int AS requests FROM performance_metrics WHERE ${since}`;

export async function record(query: Query, rows: readonly Measurement[]): Promise<void> {
  if (!(await isThere(query, table))) return;
  await query(insert, [
    rows.map(({ endpoint }) => endpoint),
    rows.map(({ method }) => method),
    rows.map(({ status }) => status),
    rows.map(({ milliseconds }) => milliseconds.toFixed(3)),
    rows.map(({ at }) => at),
  ]);
}

/** Returns the number of requests, and percentiles in milliseconds. They are 0 if nothing was measured. */
export async function statistics(query: Query, hours: number): Promise<unknown> {
  return (await query(selectStatistics, [hours]))[0];
}

/** Returns the endpoints with the greatest 95th percentile, the slowest first. */
export const slowest = (query: Query, hours: number): Promise<unknown[]> => query(selectSlowest, [hours]);

export async function countRequests(query: Query, hours: number): Promise<number> {
  return (await query<{ requests: number }>(selectRequests, [hours]))[0]!.requests;
}
