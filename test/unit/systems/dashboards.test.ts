/** Every dashboard, panel and query of the systems and of the platform. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inNamespace, panelsOf, queriesOf, type Dashboard, type Panel } from "../../../components/monitoring/dashboard";
import { dashboardConfigMap } from "../../../components/monitoring/dashboard-config-map";
import { grafanaDashboard } from "../../../components/monitoring/dashboard-json";
import { grafanaUnits } from "../../../components/monitoring/dashboard-units";
import { interpolated } from "../../../components/monitoring/dashboard-variables";
import { names } from "../../../systems";
import { stackDashboards, usualNamespaces } from "../../../systems/dashboards";
import { applications } from "../../support/dashboards/applications";
import { exporters, namesOf } from "../../support/dashboards/exporters";
import { parsedQuery } from "../../support/dashboards/promql";

const dashboards = stackDashboards(usualNamespaces);
const period = { from: 1_764_550_800, to: 1_764_554_400 };

const panels = dashboards.flatMap((dashboard) =>
  panelsOf(dashboard).map((panel) => ({ place: `${dashboard.uid}: ${panel.title}`, dashboard, panel })),
);
const queries = panels.flatMap(({ place, dashboard, panel }) =>
  queriesOf(panel).map(({ expression, legend }) => {
    return {
      place: `${place}: ${legend}`,
      dashboard,
      expression: interpolated(expression, dashboard.namespaces, period),
    };
  }),
);

/** Metrics that a dashboard may use: those of the exporters, and those of its own system. */
function known({ tags }: Dashboard): Set<string> {
  const others = exporters.filter((exporter) => !applications.includes(exporter) || tags.includes(exporter.name));
  return new Set(others.flatMap((exporter) => [...namesOf(exporter)]));
}

test("the dashboards are those that the runbooks list, and two of the platform", () => {
  expect(dashboards.map(({ uid, title }) => `${uid}: ${title}`)).toEqual([
    "runsheet-platform: Runsheet: platform",
    "runsheet-up: Runsheet: the last up",
    "prism-monitoring: PRISM: Monitoring",
    "prism-maintenance: PRISM: Maintenance",
    "omniops-phase4-performance: OmniOps: Phase 4 Performance Dashboard",
    "mued-rag-metrics: MUED LMS: RAG metrics",
    "pm-overview: PM Intelligence: overview",
    "pm-system-health: PM Intelligence: system health",
    "pm-performance: PM Intelligence: performance metrics",
    "pm-errors: PM Intelligence: error tracking",
    "pm-user-activity: PM Intelligence: user activity",
    "ai-backend-objectives: AI Backend: objectives",
  ]);
});

test("every system has a usual namespace and a dashboard of its own", () => {
  expect(Object.keys(usualNamespaces)).toEqual(names);
  for (const name of names) expect(dashboards.filter(({ tags }) => tags.includes(name))).not.toEqual([]);
});

test("a stack without systems has no dashboards", () => expect(stackDashboards({})).toEqual([]));

test("a system that Runsheet does not know is on those of the platform", () => {
  const found = stackDashboards({ sixth: "sixth", mued: "learning" });
  expect(found.map(({ uid, namespaces }) => [uid, ...namespaces])).toEqual([
    ["runsheet-platform", "sixth", "learning"],
    ["runsheet-up", "sixth", "learning"],
    ["mued-rag-metrics", "learning"],
  ]);
});

test("every query is parsed without an error", () => {
  const wrong = queries.filter(({ expression }) => parsedQuery(expression).errors.length > 0);
  expect(wrong).toEqual([]);
  expect(queries.length).toBeGreaterThan(150);
});

test("no variable of Grafana is left in a query", () => {
  // $1 is a group of label_replace.
  expect(queries.filter(({ expression }) => /\$(?!1")/.test(expression))).toEqual([]);
});

test("every metric is one of an exporter or of the dashboard's own system", () => {
  const unknown = queries.flatMap(({ place, dashboard, expression }) =>
    parsedQuery(expression)
      .selectors.filter(({ metric }) => !known(dashboard).has(metric))
      .map(({ metric }) => `${place}: ${metric}`),
  );
  expect(unknown).toEqual([]);
});

test("every selector is limited to the dashboard's namespaces", () => {
  const unlimited = panels.flatMap(({ place, panel }) =>
    queriesOf(panel).flatMap(({ expression }) =>
      // The parser knows no variables: in a string it takes them as they are.
      parsedQuery(expression.replace(/\[\$__\w+\]/g, "[1m]").replace(/\$__from/g, "0"))
        .selectors.filter(({ matchers }) => !matchers.includes(inNamespace))
        .map(({ metric }) => `${place}: ${metric}`),
    ),
  );
  expect(unlimited).toEqual([]);
});

test("every metric of a system is one that the stand-in exports", () => {
  const directory = join(__dirname, "..", "..", "..", "lab", "stand-in");
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const sources = files.map((file) => readFileSync(join(directory, file), "utf8")).join("\n");
  // MUED's names are put together from a prefix and the names of figures.
  const isThere = (name: string) =>
    sources.includes(`"${name}"`) || new RegExp(`^  ${name.slice(9)}: "`, "m").test(sources);
  const used = applications.flatMap((each) => [...namesOf(each)].map((name) => name.replace(/_bucket$/, "")));
  expect(used.filter((name) => !isThere(name))).toEqual([]);
});

const problems: readonly (readonly [string, (panel: Panel) => boolean])[] = [
  ["a title", ({ title }) => title !== ""],
  ["a description that ends as a sentence", ({ description }) => /\.$/.test(description)],
  ["a unit that Grafana knows", ({ unit }) => unit in grafanaUnits],
  ["a legend for each query", (panel) => queriesOf(panel).every(({ legend }) => legend !== "")],
  [
    "legends that differ",
    (panel) => new Set(queriesOf(panel).map(({ legend }) => legend)).size === queriesOf(panel).length,
  ],
  [
    "texts for the states",
    ({ unit, states, kind }) => unit !== "state" || states !== undefined || kind === "timeseries",
  ],
];

test.each(problems)("every panel has %s", (_, isRight) => {
  expect(panels.filter(({ panel }) => !isRight(panel)).map(({ place }) => place)).toEqual([]);
});

test("a query that returns several series names them by the labels by which it groups", () => {
  const wrong = panels.flatMap(({ place, panel }) => {
    if (panel.kind === "table") return [];
    return panel.queries
      .filter(({ expression, legend }) => {
        const [, grouped] =
          /^(?:\d+ \* )?(?:sum|min|max|topk\(\d+, (?:max|histogram_quantile\([\d.]+, sum)) by \(([\w, ]+)\)/.exec(
            expression,
          ) ?? [];
        const labels = (grouped ?? "").split(", ").filter((label) => !["", "namespace", "le"].includes(label));
        return labels.length > 0 && !labels.some((label) => legend.includes(`{{${label}}}`));
      })
      .map(({ legend }) => `${place}: ${legend}`);
  });
  expect(wrong).toEqual([]);
});

test("titles of the panels of a dashboard differ", () => {
  for (const dashboard of dashboards) {
    const titles = panelsOf(dashboard).map(({ title }) => title);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  }
});

test("uids and titles of the dashboards are unique", () => {
  expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
  expect(new Set(dashboards.map(({ title }) => title)).size).toBe(dashboards.length);
});

test.each(dashboards.map((dashboard) => [dashboard.uid, dashboard] as const))(
  "the panels of %s fill the grid",
  (_, dashboard) => {
    const { panels = [], schemaVersion } = grafanaDashboard(dashboard);
    expect(schemaVersion).toBe(42);
    const cells = new Map<string, number>();
    let bottom = 0;
    for (const { gridPos } of panels) {
      const { x, y, w, h } = gridPos!;
      bottom = Math.max(bottom, y + h);
      for (let column = x; column < x + w; column += 1)
        for (let line = y; line < y + h; line += 1)
          cells.set(`${column} ${line}`, (cells.get(`${column} ${line}`) ?? 0) + 1);
    }
    expect([...cells].filter(([, times]) => times > 1)).toEqual([]);
    expect(cells.size).toBe(24 * bottom);
  },
);

test("every dashboard fits a ConfigMap", () => {
  for (const dashboard of dashboards) expect(() => dashboardConfigMap(dashboard)).not.toThrow();
});
