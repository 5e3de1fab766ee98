import type { Dashboard } from "../../../../components/monitoring/dashboard";
import { dashboardFile, dashboardText, grafanaDashboard } from "../../../../components/monitoring/dashboard-json";

const source = { type: "prometheus", uid: "${datasource}" };
const small: Dashboard = {
  uid: "small-one",
  title: "A small one",
  description: "For this test.",
  tags: ["small"],
  namespaces: ["small"],
  hours: 2,
  rows: [
    {
      title: "Above",
      panels: [
        {
          kind: "timeseries",
          title: "Errors",
          description: "Errors of all requests.",
          unit: "ratio",
          queries: [
            { expression: 'errors{namespace=~"$namespace"}', legend: "{{pod}}" },
            { expression: 'limit{namespace=~"$namespace"}', legend: "limit" },
          ],
          thresholds: { bad: "above", warning: 0.02, critical: 0.05 },
          minimum: 0,
          maximum: 1,
          decimals: 2,
          reachesAtLeast: 0.1,
        },
        {
          kind: "stat",
          title: "Health",
          description: "Health of the worst pod.",
          unit: "state",
          queries: [{ expression: 'health{namespace=~"$namespace"}', legend: "health" }],
          states: { 0: "down", 1: "up" },
          width: 6,
        },
      ],
    },
    {
      height: 5,
      panels: [
        {
          kind: "bar gauge",
          title: "Ages",
          description: "Ages of the dumps.",
          unit: "seconds",
          queries: [{ expression: 'age{namespace=~"$namespace"}', legend: "{{dump}}" }],
        },
        {
          kind: "table",
          title: "Dumps",
          description: "All dumps.",
          unit: "bytes",
          labels: { dump: "Dump" },
          columns: [
            { expression: 'size{namespace=~"$namespace"}', legend: "Size" },
            {
              expression: 'ok{namespace=~"$namespace"}',
              legend: "State",
              unit: "state",
              states: { 1: "verified" },
              thresholds: { bad: "below", critical: 1 },
            },
          ],
          sortedBy: "State",
        },
      ],
    },
  ],
};

const built = grafanaDashboard(small);

/** Panel in the JSON. */
interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly gridPos: object;
  readonly datasource: unknown;
  readonly targets: unknown;
  readonly transformations: unknown;
  readonly options: { readonly sortBy?: unknown };
  readonly fieldConfig: {
    readonly defaults: { readonly unit: string };
    readonly overrides: readonly { readonly properties: unknown }[];
  };
}

const { panels } = JSON.parse(dashboardText(small)) as { panels: readonly PanelJson[] };
const panel = (title: string) => panels.find((each) => each.title === title)!;

test("the dashboard has its words, and links to the others by their tag", () => {
  const { uid, title, description, tags, time, refresh, timezone, schemaVersion, id } = built;
  expect({ uid, title, description, tags, time, refresh, timezone, schemaVersion, id }).toEqual({
    uid: "small-one",
    title: "A small one",
    description: "For this test.",
    tags: ["runsheet", "small"],
    time: { from: "now-2h", to: "now" },
    refresh: "30s",
    timezone: "browser",
    schemaVersion: 42,
    id: null,
  });
  expect(built.links).toMatchObject([{ type: "dashboards", tags: ["runsheet"], asDropdown: true, keepTime: true }]);
});

test("the period of a dashboard that names none is six hours", () => {
  expect(grafanaDashboard({ ...small, hours: undefined }).time).toEqual({ from: "now-6h", to: "now" });
});

test("data source and namespace are variables, and others can be typed", () => {
  expect(built.templating.list).toMatchObject([
    { type: "datasource", name: "datasource", query: "prometheus" },
    {
      type: "custom",
      name: "namespace",
      query: "small",
      current: { text: "small", value: "small" },
      multi: false,
      includeAll: false,
      allowCustomValue: true,
    },
  ]);
});

test("of several namespaces all are chosen at first", () => {
  const { list } = grafanaDashboard({ ...small, namespaces: ["one", "two"] }).templating;
  expect(list![1]).toMatchObject({ query: "one,two", current: { value: ["$__all"] }, multi: true, includeAll: true });
});

test("headings and panels are in their places", () => {
  expect(panels.map(({ id, type, title, gridPos }) => ({ id, type, title, ...gridPos }))).toEqual([
    { id: 1, type: "row", title: "Above", x: 0, y: 0, w: 24, h: 1 },
    { id: 2, type: "timeseries", title: "Errors", x: 0, y: 1, w: 18, h: 8 },
    { id: 3, type: "stat", title: "Health", x: 18, y: 1, w: 6, h: 8 },
    { id: 4, type: "bargauge", title: "Ages", x: 0, y: 9, w: 12, h: 5 },
    { id: 5, type: "table", title: "Dumps", x: 12, y: 9, w: 12, h: 5 },
  ]);
});

test("a graph asks over time, and shows its limits as dashed lines", () => {
  const { targets, fieldConfig, datasource, description } = panel("Errors");
  expect(description).toBe("Errors of all requests.");
  expect(datasource).toEqual(source);
  expect(targets).toMatchObject([
    {
      refId: "A",
      expr: 'errors{namespace=~"$namespace"}',
      legendFormat: "{{pod}}",
      interval: "30s",
      range: true,
      datasource: source,
    },
    {
      refId: "B",
      expr: 'limit{namespace=~"$namespace"}',
      legendFormat: "limit",
      interval: "30s",
      range: true,
      datasource: source,
    },
  ]);
  expect(fieldConfig.defaults).toMatchObject({
    unit: "percentunit",
    min: 0,
    max: 1,
    decimals: 2,
    color: { mode: "palette-classic" },
    custom: { thresholdsStyle: { mode: "dashed" }, axisSoftMax: 0.1 },
    thresholds: {
      mode: "absolute",
      steps: [
        { value: null, color: "green" },
        { value: 0.02, color: "orange" },
        { value: 0.05, color: "red" },
      ],
    },
  });
});

test("a figure asks for the latest value, and has texts for the states", () => {
  const { targets, fieldConfig, options } = panel("Health");
  expect(targets).toMatchObject([{ instant: true, range: false }]);
  expect(options).toMatchObject({ reduceOptions: { calcs: ["lastNotNull"] }, colorMode: "none", graphMode: "none" });
  expect(fieldConfig.defaults).toMatchObject({
    unit: "none",
    color: { mode: "fixed", fixedColor: "blue" },
    mappings: [{ type: "value", options: { 0: { text: "down", index: 0 }, 1: { text: "up", index: 1 } } }],
  });
});

test("bars lie, and ask for the latest value", () => {
  const { targets, options } = panel("Ages");
  expect(targets).toMatchObject([{ instant: true, range: false, legendFormat: "{{dump}}" }]);
  expect(options).toMatchObject({ orientation: "horizontal", displayMode: "basic" });
});

test("a table joins its queries by the labels, and names and orders the columns", () => {
  const { targets, transformations, fieldConfig, options } = panel("Dumps");
  expect(targets).toMatchObject([
    { refId: "A", format: "table", instant: true },
    { refId: "B", format: "table", instant: true },
  ]);
  expect(transformations).toEqual([
    { id: "merge", options: {} },
    {
      id: "organize",
      options: {
        excludeByName: { Time: true },
        indexByName: { dump: 0, "Value #A": 1, "Value #B": 2 },
        renameByName: { dump: "Dump", "Value #A": "Size", "Value #B": "State" },
      },
    },
  ]);
  expect(options.sortBy).toEqual([{ displayName: "State", desc: true }]);
  expect(fieldConfig.defaults.unit).toBe("bytes");
  expect(fieldConfig.overrides[0]).toEqual({ matcher: { id: "byName", options: "Size" }, properties: [] });
  expect(fieldConfig.overrides[1]!.properties).toMatchObject([
    { id: "unit", value: "none" },
    { id: "mappings", value: [{ type: "value", options: { 1: { text: "verified" } } }] },
    {
      id: "thresholds",
      value: {
        steps: [
          { value: null, color: "red" },
          { value: 1, color: "green" },
        ],
      },
    },
    { id: "color", value: { mode: "thresholds" } },
    { id: "custom.cellOptions", value: { type: "color-text" } },
  ]);
});

test("the text is JSON that ends with a line, in a file that is named by the uid", () => {
  const text = dashboardText(small);
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(built)));
  expect(text.endsWith("}\n")).toBe(true);
  expect(dashboardFile(small)).toBe("small-one.json");
});

test.each(["short", "With-Capitals", "a".repeat(41)])("the uid %s is refused", (uid) => {
  expect(() => grafanaDashboard({ ...small, uid })).toThrow(
    `dashboard ${uid}: the uid must have 8 to 40 of the characters a-z, 0-9 and '-'`,
  );
});
