/** Metrics of drift in Prometheus' text format, as the alert DriftFound reads them. */
import type { Drift } from "./finding";

const name = "runsheet_drift_changes";

/**
 * Formats the numbers of findings, by system, and of what belongs to none. A search that failed has none: it is neither
 * drift nor none.
 */
export function metrics(drift: Drift): string {
  if (drift.result === "failed" || drift.result === "busy") return "";
  const lines = Object.entries(drift.namespaces).map(([system, namespace]) => {
    const count = drift.systems.find((each) => each.name === system)?.findings.length ?? 0;
    return `${name}{namespace="${namespace}",system="${system}",stack="${drift.stack}"} ${count}`;
  });
  const others = `${name}{stack="${drift.stack}"} ${drift.others.length}`;
  const help = `# HELP ${name} Number of changes that the last search for drift found.\n# TYPE ${name} gauge`;
  return `${[help, ...lines, others].join("\n")}\n`;
}
