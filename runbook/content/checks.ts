/** Checks in words: what is asked, and the answer that is expected. */
import type { Check, CheckList, HttpCheck, LoadCheck } from "../../components/checks/check";

/** Lines about the checks of a task. `checks` is its variable CHECKS. */
export function checkLines(checks: string): string[] {
  const { checks: all, cleanup } = JSON.parse(checks) as CheckList;
  return [
    ...all.flatMap((check) => linesOf(check)),
    ...(cleanup.length > 0 ? ["", "always at the end, whether the others passed or not:"] : []),
    ...cleanup.flatMap((check) => linesOf(check)),
  ];
}

function linesOf(check: Check): string[] {
  const { name, skip, hint, withinSeconds } = check;
  if (skip !== undefined) return [name, `  left out: ${skip}`];
  const within = withinSeconds ? [`within: ${withinSeconds} s`] : [];
  const advice = hint === undefined ? [] : [`if it fails: ${hint}`];
  return [name, ...[...asked(check), ...within, ...advice].map((line) => `  ${line}`)];
}

function asked(check: Check): string[] {
  if ("sql" in check) {
    const expected = check.mayCome ? "may come" : "expects";
    return [...statement(check.sql), ...(check.row === undefined ? [] : [`${expected}: ${JSON.stringify(check.row)}`])];
  }
  if ("redis" in check) return [`redis-cli ${check.redis.join(" ")}`, `expects: /${check.matches}/`];
  if ("tcp" in check) return [`connects to ${check.tcp}`];
  if ("staysUp" in check) return [`no container ends for ${check.seconds} s: ${check.staysUp.join(", ") || "none"}`];
  if ("logins" in check) return [`the logins of the database ${check.logins}`];
  return request(check);
}

/** Lines of a statement, without the indentation that it has in the program. */
const statement = (sql: string) =>
  sql
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

function request(check: HttpCheck | LoadCheck): string[] {
  const { method = check.body === undefined ? "GET" : "POST", url, headers = {}, body, status = 200 } = check;
  const { answer, metrics = [], mediaType } = check;
  const expected = [
    `status ${status}`,
    ...(mediaType === undefined ? [] : [mediaType]),
    ...(answer === undefined ? [] : [JSON.stringify(answer)]),
    ...metrics.map(({ metric }) => metric),
  ];
  return [
    `${method} ${url}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`body: ${JSON.stringify(body)}`]),
    `expects: ${expected.join(", ")}`,
    ...("load" in check ? [loadOf(check)] : []),
  ];
}

function loadOf({ load: { requests, concurrency = 10, errorPercent, p95Milliseconds } }: LoadCheck): string {
  const failed = errorPercent === 0 ? "none fails" : `fewer than ${errorPercent} % fail`;
  const p95 = p95Milliseconds === undefined ? "" : `, P95 below ${p95Milliseconds} ms`;
  return `${requests} times, ${concurrency} at once: ${failed}${p95}`;
}
