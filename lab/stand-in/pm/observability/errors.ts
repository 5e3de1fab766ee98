/**
 * Errors of the application: each occurrence in error_occurrences, and one row for equal errors in error_aggregation.
 * Before V3_012 the tables do not exist, and nothing is recorded.
 */
import { createHash } from "node:crypto";
import type { Query } from "../../core/database";
import { HttpError } from "../../core/http";
import { isThere } from "../tables";

export const table = "error_aggregation";

export interface Failure {
  endpoint: string;
  method: string;
  status: number;
  /** Error that was thrown. Undefined if the answer itself reported the failure. */
  error: unknown;
  at: Date;
}

/** Failures with the same fingerprint. */
interface Group {
  fingerprint: string;
  type: string;
  message: string;
  stack: string | undefined;
  endpoint: string;
  method: string;
  times: Date[];
}

/**
 * Statement that records a group. A resolved group becomes unresolved when its error occurs again. An ignored one stays
 * ignored.
 */
const insert = `WITH aggregated AS (
    INSERT INTO error_aggregation AS known
      (fingerprint, error_type, message, occurrence_count, first_seen_at, last_seen_at)
    SELECT $1, $2, $3, count(*), min(at), max(at) FROM unnest($7::timestamptz[]) AS at
    ON CONFLICT (fingerprint) DO UPDATE SET message = excluded.message,
      occurrence_count = known.occurrence_count + excluded.occurrence_count,
      last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
      status = CASE known.status WHEN 'resolved' THEN 'unresolved' ELSE known.status END,
      resolved_at = NULL, resolved_by = NULL
    RETURNING id
  )
  INSERT INTO error_occurrences (error_id, message, stack, endpoint, method, context, occurred_at)
  SELECT id, $3, $4, $5, $6, $8, at FROM aggregated, unnest($7::timestamptz[]) AS at`;

const count = `SELECT count(*)::int AS errors FROM error_occurrences
  WHERE occurred_at > now() - make_interval(hours => $1) AND context ->> 'release' = $2`;

/**
 * Records each group in a statement of its own, because two processes that lock several groups at once could deadlock.
 */
export async function record(query: Query, release: string, failures: readonly Failure[]): Promise<void> {
  if (!(await isThere(query, table))) return;
  for (const { fingerprint, type, message, stack, endpoint, method, times } of group(failures)) {
    const context = JSON.stringify({ release });
    await query(insert, [fingerprint, type, message, stack, endpoint, method, times, context]);
  }
}

/** Counts the errors of the release. Those of an earlier release must not condemn it. */
export async function countErrors(query: Query, release: string, hours: number): Promise<number> {
  return (await query<{ errors: number }>(count, [hours, release]))[0]!.errors;
}

export function group(failures: readonly Failure[]): Group[] {
  const groups = new Map<string, Group>();
  for (const failure of failures) {
    const described = describe(failure);
    const known = groups.get(described.fingerprint);
    if (known) known.times.push(failure.at);
    else groups.set(described.fingerprint, described);
  }
  return [...groups.values()];
}

/**
 * Describes a failure. Its fingerprint is of the method, the endpoint, the type, and the message without numbers and
 * ids.
 */
function describe({ endpoint, method, status, error, at }: Failure): Group {
  const unexpected = error instanceof Error && !(error instanceof HttpError);
  const type = unexpected ? error.name : `http_${status}`;
  const message = error instanceof Error && error.message !== "" ? error.message : `It was answered with ${status}.`;
  const parts = [method, endpoint, type, withoutNumbers(message)];
  const fingerprint = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return { fingerprint, type, message, stack: unexpected ? error.stack : undefined, endpoint, method, times: [at] };
}

const withoutNumbers = (message: string) => message.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]+/gi, "?");
