import type { ChartPanel, Dashboard, Panel, TablePanel } from "../../../../components/monitoring/dashboard";
import { nameOf, unanswered, type Answer } from "../../../../dashboards/pictures/answers";
import { page } from "../../../../dashboards/pictures/page";

const period = { from: 1_764_550_800, to: 1_764_554_400 };

const answer = (legend: string, ...series: [Record<string, string>, ...number[]][]): Answer => ({
  expression: "asked",
  legend,
  series: series.map(([labels, ...values]) => ({
    labels,
    values: values.map((value, index) => [period.from + 60 * index, value] as const),
  })),
});

const chart = (kind: ChartPanel["kind"], more: Partial<ChartPanel> = {}): ChartPanel => ({
  kind,
  title: "Errors & more",
  description: "For this test.",
  unit: "percent",
  queries: [{ expression: "asked", legend: "{{pod}}" }],
  ...more,
});

function drawn(panel: Panel, ...answers: Answer[]): string {
  const rows: Dashboard["rows"] = [{ title: "Above", panels: [panel] }];
  const dashboard = { uid: "small-one", title: "A <small> one", description: "", tags: [], rows } as const;
  return page({ ...dashboard, namespaces: ["pm"] }, [{ panel, answers }], period);
}

/** Text of the page, without tags and styles. */
const textOf = (html: string) =>
  html
    .replace(/<(style|title)>[^]*?<\/\1>/g, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

test("the page has the title, the namespaces and the period, and no script", () => {
  const html = drawn(chart("stat"), answer("{{pod}}", [{ pod: "a" }, 1]));
  expect(textOf(html)).toBe(
    "A &lt;small&gt; one pm · 2025-12-01 01:00 to 2025-12-01 02:00 UTC Above Errors &amp; more 1%",
  );
  expect(html).not.toContain("<script");
});

test.each(["timeseries", "stat", "bar gauge"] as const)("a panel of kind %s without an answer says so", (kind) => {
  expect(textOf(drawn(chart(kind), answer("{{pod}}")))).toMatch(/Errors &amp; more No data$/);
});

test("a graph has a line for each series, its limits, and a legend", () => {
  const thresholds = { bad: "above", warning: 2, critical: 5 } as const;
  const html = drawn(
    chart("timeseries", { thresholds, minimum: 0, maximum: 10 }),
    answer("{{pod}}", [{ pod: "first" }, 1, 2, 3], [{ pod: "second" }, 6, 5, 4]),
  );
  expect(textOf(html)).toMatch(/0% 2% 4% 6% 8% 10% .*first second$/);
  // The limits are dashed, in the colours of a warning and of what is critical.
  expect(html.match(/stroke="#[0-9a-f]+"[^>]*stroke-dasharray/g)).toHaveLength(2);
  expect(html).toContain('stroke="#d97a00"');
  expect(html).toContain('stroke="#c9302c"');
});

test("a limit of 0.005 is drawn between 0 and 0.01", () => {
  const html = drawn(
    chart("timeseries", { unit: "ratio", minimum: 0, maximum: 0.01, thresholds: { bad: "above", critical: 0.005 } }),
    answer("failed", [{}, 0.001, 0.002]),
  );
  const [, height] = /<path d="M[\d.]+ ([\d.]+)L[^>]*stroke="#c9302c"/.exec(html)!;
  const [top, bottom] = [10, 238];
  expect(Number(height)).toBeGreaterThan(top + 80);
  expect(Number(height)).toBeLessThan(bottom - 80);
});

test("a graph reaches as far as its limit is to be seen", () => {
  const html = drawn(chart("timeseries", { minimum: 0, reachesAtLeast: 6 }), answer("errors", [{}, 0, 0]));
  expect(textOf(html)).toMatch(/0% 2% 4% 6% /);
});

test("a legend that does not fit says how many entries are missing", () => {
  const series = Array.from(
    { length: 90 },
    (_, index) => [{ pod: `pod-with-a-long-name-${index}` }, 1] as [Record<string, string>, number],
  );
  const html = drawn(chart("timeseries"), answer("{{pod}}", ...series));
  const shown = html.match(/<span><i/g)!.length;
  expect(shown).toBeGreaterThan(20);
  expect(textOf(html)).toMatch(new RegExp(`… and ${90 - shown} more$`));
});

test("figures have colours by their limits, texts for states, and names", () => {
  const panel = chart("stat", {
    unit: "state",
    states: { 0: "down", 1: "up" },
    thresholds: { bad: "below", critical: 1 },
  });
  const html = drawn(panel, answer("{{pod}}", [{ pod: "a" }, 0, 1], [{ pod: "b" }, 1, 0]));
  expect(textOf(html)).toMatch(/a up b down$/);
  expect(html).toMatch(/color:#2f8f3a">up.*color:#c9302c">down/);
});

test("bars are as long as their share of the scale", () => {
  const html = drawn(chart("bar gauge", { maximum: 50 }), answer("{{pod}}", [{ pod: "a" }, 10], [{ pod: "b" }, 80]));
  expect(textOf(html)).toMatch(/a 10% b 80%$/);
  expect(html.match(/width:\d+\.\d%/g)).toEqual(["width:20.0%", "width:100.0%"]);
});

const table: TablePanel = {
  kind: "table",
  title: "Dumps",
  description: "For this test.",
  unit: "bytes",
  labels: { dump: "Dump" },
  columns: [
    { expression: "asked", legend: "Size" },
    {
      expression: "asked",
      legend: "State",
      unit: "state",
      states: { 1: "verified" },
      thresholds: { bad: "below", critical: 1 },
    },
  ],
};

test("a table joins the answers by their labels, the largest first", () => {
  const html = drawn(
    table,
    answer("Size", [{ dump: "a" }, 512], [{ dump: "b" }, 2048], [{ dump: "c" }, 1024]),
    answer("State", [{ dump: "b" }, 1], [{ dump: "a" }, 0]),
  );
  expect(textOf(html)).toMatch(/Dumps Dump Size State b 2 KiB verified c 1 KiB a 512 B 0$/);
  expect(html).toContain('color:#c9302c">0<');
});

test("a table that does not fit says how many lines are missing", () => {
  const lines = Array.from(
    { length: 40 },
    (_, index) => [{ dump: `dump-${index}` }, index] as [Record<string, string>, number],
  );
  const html = drawn(table, answer("Size", ...lines), answer("State"));
  const shown = html.match(/<tr><td>/g)!.length;
  expect(shown).toBeGreaterThan(5);
  expect(html).toContain(`<caption>… and ${40 - shown} more</caption>`);
});

test("the name of a series has the values of its labels", () => {
  expect(nameOf("{{namespace}} {{ pod }}/{{none}}", { labels: { namespace: "pm", pod: "a" }, values: [] })).toBe(
    "pm a/",
  );
});

test("queries that returned nothing are named by panel and legend", () => {
  const answers = [answer("first", [{}, 1]), answer("second")];
  expect(unanswered([{ panel: chart("stat"), answers }])).toEqual(["Errors & more: second"]);
});
