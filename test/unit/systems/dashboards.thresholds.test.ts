/** Limits of the dashboards: the runbooks' numbers, in their units, and those that a stack changes. */
import { panelsOf, queriesOf } from "../../../components/monitoring/dashboard";
import type { CommonSettings } from "../../../components/system/settings";
import { stackDashboards, usualNamespaces } from "../../../systems/dashboards";

const panels = stackDashboards(usualNamespaces).flatMap((dashboard) =>
  panelsOf(dashboard).map((panel) => ({ place: `${dashboard.uid}: ${panel.title}`, dashboard, panel })),
);

test("the thresholds are those of the runbooks", () => {
  const limits = panels
    .filter(
      ({ dashboard, panel }) => !dashboard.tags.includes("platform") && panel.thresholds && panel.kind !== "table",
    )
    .filter(
      ({ place }) =>
        !/: (Pods available|Restarts|Memory|Database connections|Replication lag|Evicted keys)$/.test(place),
    )
    .map(({ place, panel: { thresholds, unit } }) => {
      const { bad, warning, critical } = thresholds!;
      return `${place}: ${bad} ${[warning && `warning ${warning}`, critical && `critical ${critical}`].filter(Boolean).join(", ")} (${unit})`;
    });
  expect(limits).toEqual([
    "prism-monitoring: Failed trainings: above critical 1 (count)",
    "prism-monitoring: Failed insights: above critical 1 (count)",
    "prism-maintenance: Clean up old training batches: above warning 2764800 (seconds)",
    "prism-maintenance: Age of the oldest transaction ID: above warning 500000000, critical 1000000000 (count)",
    "prism-maintenance: VACUUM and REINDEX: above warning 8035200 (seconds)",
    "omniops-phase4-performance: Sentiment Analysis Latency: above critical 1000 (milliseconds)",
    "omniops-phase4-performance: ML API Error Rate: above critical 0.005 (ratio)",
    "omniops-phase4-performance: Queue Lag: above critical 30 (seconds)",
    "omniops-phase4-performance: Phase 4 Error Rate Critical: above critical 1 (percent)",
    "omniops-phase4-performance: ML API Unavailable: below critical 0.95 (ratio)",
    "omniops-phase4-performance: Cost Spike: above warning 1200 (dollars)",
    "omniops-phase4-performance: Served in this period: below critical 0.999 (ratio)",
    "mued-rag-metrics: Objectives: below critical 1 (state)",
    "mued-rag-metrics: Citation rate: below critical 70 (percent)",
    "mued-rag-metrics: Median latency: above critical 1500 (milliseconds)",
    "mued-rag-metrics: Cost per answer: above critical 3 (yen)",
    "mued-rag-metrics: Age of the metrics: above warning 93600, critical 180000 (seconds)",
    "mued-rag-metrics: Citation rate over time: below critical 70 (percent)",
    "mued-rag-metrics: Median latency over time: above critical 1500 (milliseconds)",
    "mued-rag-metrics: Cost per answer over time: above critical 3 (yen)",
    "mued-rag-metrics: Application error rate: above critical 0.05 (ratio)",
    "pm-overview: System status: below critical 1 (state)",
    "pm-overview: Reported error rate: above warning 2, critical 5 (percent)",
    "pm-overview: Dead letter queue: above warning 100 (count)",
    "pm-overview: Unresolved error groups: above warning 10 (count)",
    "pm-overview: Response time P95: above warning 2000, critical 5000 (milliseconds)",
    "pm-overview: Error rate: above warning 2, critical 5 (percent)",
    "pm-system-health: System status: below critical 1 (state)",
    "pm-system-health: Components: below critical 1 (state)",
    "pm-system-health: Disk space: below critical 0.1 (ratio)",
    "pm-performance: Response time P95: above warning 2000, critical 5000 (milliseconds)",
    "pm-errors: Reported error rate: above warning 2, critical 5 (percent)",
    "pm-errors: Unresolved error groups: above warning 10 (count)",
    "pm-errors: Dead letter queue: above warning 100 (count)",
    "pm-errors: Error rate: above warning 2, critical 5 (percent)",
    "ai-backend-objectives: Health: below critical 1 (state)",
    "ai-backend-objectives: Components: below critical 1 (state)",
    "ai-backend-objectives: Response time (95th percentile < 2s): above warning 2 (seconds)",
    "ai-backend-objectives: Error rate (< 1%): above warning 0.01 (ratio)",
    "ai-backend-objectives: Memory usage (< 80%): above warning 0.8 (ratio)",
    "ai-backend-objectives: Cache hit rate (> 80%): below warning 0.8 (ratio)",
    "ai-backend-objectives: Model accuracy (> 70%): below warning 0.7 (ratio)",
  ]);
});

test("the platform's thresholds are those of its alerts", () => {
  const ofAlerts =
    /^(Age of the last (base backup|dump|restore test)|WAL that waits|Connections|Replication|Certificate)/;
  const limits = panels
    .filter(({ dashboard, panel }) => dashboard.uid === "runsheet-platform" && ofAlerts.test(panel.title))
    .map(({ panel: { title, thresholds } }) => [title, thresholds]);
  const [hour, day] = [3600, 86_400];
  expect(limits).toEqual([
    ["Age of the last base backup", { bad: "above", critical: 7 * hour }],
    ["Age of the last dump", { bad: "above", critical: 26 * hour }],
    ["Age of the last restore test", { bad: "above", warning: 32 * hour }],
    ["WAL that waits for the archive", { bad: "above", critical: 10 }],
    ["Connections", { bad: "above", warning: 0.8 }],
    ["Replication lag", { bad: "above", warning: 30 }],
    ["Certificate's remaining time", { bad: "below", warning: 14 * day, critical: 3 * day }],
  ]);
});

/** The first dashboard of a system with these settings, of which the others do not matter here. */
const withSettings = (system: string, settings: object) =>
  stackDashboards({ [system]: system }, { [system]: settings as CommonSettings })[2];

test("MUED's objectives are those of the stack", () => {
  const slo = { citationRate: 80, latencyP50Milliseconds: 900, costPerAnswer: 2 };
  const dashboard = withSettings("mued", { slo });
  const limits = panelsOf(dashboard!)
    .filter(({ title }) => ["Citation rate", "Median latency", "Cost per answer"].includes(title))
    .map(({ thresholds }) => thresholds!.critical);
  expect(limits).toEqual([80, 900, 2]);
});

test("the AI Backend's latency and errors are of the metrics that the stack names", () => {
  const objectives = { latencyMetric: "inference_seconds", requestsMetric: "inferences_total" };
  const dashboard = withSettings("ai-backend", { objectives });
  const expressions = panelsOf(dashboard!)
    .filter(({ title }) => /^(Response time|Error rate|Requests$)/.test(title))
    .flatMap((panel) => queriesOf(panel).map(({ expression }) => expression));
  const rate = (matchers = "") => `(rate(inferences_total{namespace=~"$namespace"${matchers}}[$__rate_interval]))`;
  expect(expressions).toEqual([
    'histogram_quantile(0.95, sum by (le) (rate(inference_seconds_bucket{namespace=~"$namespace"}[$__rate_interval])))',
    `(sum ${rate(', status=~"5.."')} or 0 * sum ${rate()}) / (sum ${rate()} > 0)`,
    `sum by (status) ${rate()}`,
  ]);
});
