import type { MeasuredQuery } from "../query";

/** Node of a plan as EXPLAIN (FORMAT JSON) prints it, with the fields that are used here. */
export interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Scan Direction"?: string;
  readonly "Subplan Name"?: string;
  /** Number of rows per loop. */
  readonly "Actual Rows"?: number;
  readonly "Actual Loops"?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Row of EXPLAIN (ANALYZE, FORMAT JSON), which returns just one. */
export interface Explanation {
  readonly Plan: PlanNode;
  /** Execution time in milliseconds. */
  readonly "Execution Time": number;
}

/** Measurement of a query. */
export interface Found {
  readonly explanation: Explanation;
  /** Number of rows of the index's table. Undefined if there is no such index. */
  readonly rows: number | undefined;
}

/** Lists the indexes that a plan uses, each once. */
export function indexesOf(plan: PlanNode): string[] {
  const own = plan["Index Name"] === undefined ? [] : [plan["Index Name"]];
  return [...new Set([...own, ...(plan.Plans ?? []).flatMap(indexesOf)])];
}

/** Formats a plan as an indented tree, one line per node with its index or table and its rows. */
export function describePlan(plan: PlanNode, depth = 1): string {
  const direction = plan["Scan Direction"] === "Backward" ? " Backward" : "";
  const using = plan["Index Name"] === undefined ? "" : ` using ${plan["Index Name"]}`;
  const on = plan["Relation Name"] === undefined ? "" : ` on ${plan["Relation Name"]}`;
  const subplan = plan["Subplan Name"] === undefined ? "" : `${plan["Subplan Name"]}: `;
  const rows = Math.round((plan["Actual Rows"] ?? 0) * (plan["Actual Loops"] ?? 1));
  const line = `${"  ".repeat(depth)}${subplan}${plan["Node Type"]}${direction}${using}${on} (rows ${rows})`;
  return [line, ...(plan.Plans ?? []).map((child) => describePlan(child, depth + 1))].join("\n");
}

/** Compares a measurement with the expectation, and describes the result in one line. */
export function judge(
  { name, index, milliseconds, rows: most = Infinity, load = [] }: MeasuredQuery,
  { explanation, rows }: Found,
): { readonly passed: boolean; readonly line: string } {
  const time = `${explanation["Execution Time"].toFixed(1)} ms`;
  const used = indexesOf(explanation.Plan);
  const demanded = load.length > 0;
  const judged = demanded || rows === undefined || rows <= most;
  const faults = [
    ...(rows === undefined ? [`there is no index ${index}`] : []),
    ...(rows === undefined || !demanded || used.includes(index) ? [] : [`it used ${used.join(", ") || "no index"}`]),
    ...(!judged || explanation["Execution Time"] < milliseconds ? [] : [`it took ${time}`]),
  ];
  const measured = rows === undefined ? "" : `, measured on ${rows} rows`;
  if (faults.length > 0) {
    const expected = `expected ${demanded || rows === undefined ? `index ${index}, ` : ""}under ${milliseconds} ms`;
    return { passed: false, line: `FAILED ${name}: ${expected}; ${faults.join(", ")}${measured}` };
  }
  const limit = judged ? "" : `, not judged: ${milliseconds} ms are for ${most} rows at most`;
  const how = (used.includes(index) ? ` with ${index}` : ", index not demanded") + limit;
  return { passed: true, line: `ok     ${name}: ${time}${measured}${how}` };
}
