/** Every query of every dashboard, on a real Prometheus with samples of what it asks for. */
import { SamplePrometheus } from "../../support/dashboards/sample-prometheus";
import { answered, nameOf, unanswered } from "../../../dashboards/pictures/answers";
import { Prometheus } from "../../../dashboards/pictures/prometheus";
import { stackDashboards, usualNamespaces } from "../../../systems/dashboards";

const dashboards = stackDashboards(usualNamespaces);
let server: SamplePrometheus;

beforeAll(async () => {
  // The second window is for what compares with the day before.
  server = await SamplePrometheus.start([
    { from: 25.2, to: 24 },
    { from: 1.2, to: 0 },
  ]);
});
afterAll(() => server?.stop());

const lastHour = () => {
  const to = Math.floor(Date.now() / 1000);
  return { from: to - 3600, to };
};

test.each(dashboards.map((dashboard) => [dashboard.uid, dashboard] as const))(
  "every query of %s has an answer, with series of different names",
  async (_, dashboard) => {
    const panels = await answered(dashboard, new Prometheus(server.url), lastHour());
    expect(unanswered(panels)).toEqual([]);
    for (const { panel, answers } of panels) {
      const names = answers.flatMap(({ legend, series }) => series.map((each) => nameOf(legend, each)));
      const labels = panel.kind === "table" ? Object.keys(panel.labels).sort() : [];
      if (panel.kind !== "table")
        expect([panel.title, names.filter((name, index) => name === "" || names.indexOf(name) !== index)]).toEqual([
          panel.title,
          [],
        ]);
      else
        for (const each of answers.flatMap(({ series }) => series))
          expect([panel.title, ...Object.keys(each.labels).sort()]).toEqual([panel.title, ...labels]);
    }
  },
);

test("a namespace in which nothing runs has no answer", async () => {
  const [dashboard] = stackDashboards({ mued: "elsewhere-entirely" }).slice(2);
  const panels = await answered(dashboard!, new Prometheus(server.url), lastHour());
  expect(panels.flatMap(({ answers }) => answers.filter(({ series }) => series.length > 0))).toEqual([]);
});

test("an error of Prometheus names the dashboard, the panel and the query", async () => {
  const [dashboard] = dashboards;
  const [row] = dashboard!.rows;
  const [panel] = row!.panels;
  const broken = { ...panel, queries: [{ expression: "sum(", legend: "sum" }] } as typeof panel;
  await expect(
    answered({ ...dashboard!, rows: [{ panels: [broken] }] }, new Prometheus(server.url), lastHour()),
  ).rejects.toThrow(
    /^runsheet-platform, Age of the last base backup: http:\/\/127\.0\.0\.1:\d+: .*parse error.*\nsum\($/,
  );
});
