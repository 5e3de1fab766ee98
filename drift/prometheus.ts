/** Metrics of drift in Prometheus' text format, as the alerts DriftFound and DriftNotSearched read them. */
import { commandMetrics } from "../components/monitoring/command-alerts";
import type { Drift } from "./finding";

/**
 * Formats the numbers of findings, by system, and of what belongs to none, each with the time of the search. A search that
 * failed, or beside an update, has none: it is neither drift nor none.
 * @param now Unix time in seconds. Default: now
 */
export function metrics(drift: Drift, now = Math.floor(Date.now() / 1000)): string {
  if (drift.result === "failed" || drift.result === "busy") return "";
  const counts = Object.entries(drift.namespaces).map(([system, namespace]) => {
    const count = drift.systems.find((each) => each.name === system)?.findings.length ?? 0;
    return [`{namespace="${namespace}",system="${system}",stack="${drift.stack}"}`, count] as const;
  });
  const all = [...counts, [`{stack="${drift.stack}"}`, drift.others.length] as const];
  return [
    family("runsheet_drift_changes", all),
    family(
      "runsheet_drift_last_search_timestamp_seconds",
      all.map(([labels]) => [labels, now]),
    ),
  ].join("");
}

function family(
  name: keyof typeof commandMetrics,
  samples: readonly (readonly [labels: string, value: number])[],
): string {
  const lines = samples.map(([labels, value]) => `${name}${labels} ${value}\n`);
  return `# HELP ${name} ${commandMetrics[name].meaning}\n# TYPE ${name} gauge\n${lines.join("")}`;
}
