/** Answers of a Prometheus to a dashboard's queries. */
import { queriesOf, panelsOf, type Dashboard, type Panel } from "../../components/monitoring/dashboard";
import { interpolated, type Period } from "../../components/monitoring/dashboard-variables";
import type { Prometheus, Series } from "./prometheus";

/** Query of a panel with its answer. */
export interface Answer {
  readonly expression: string;
  readonly legend: string;
  readonly series: readonly Series[];
}

/** Panel with the answers to its queries, in their order. */
export interface AnsweredPanel {
  readonly panel: Panel;
  readonly answers: readonly Answer[];
}

/** Number of values of a graph. Grafana takes one for each pixel. */
const points = 300;
const shortestStep = 15;

/**
 * Asks every query of a dashboard.
 * @throws Error with the panel's title and Prometheus' error
 */
export async function answered(dashboard: Dashboard, prometheus: Prometheus, period: Period): Promise<AnsweredPanel[]> {
  const step = Math.max(shortestStep, Math.ceil((period.to - period.from) / points));
  const answersOf = (panel: Panel) =>
    queriesOf(panel).map(async ({ expression, legend }): Promise<Answer> => {
      const query = interpolated(expression, dashboard.namespaces, period, step);
      const asked =
        panel.kind === "timeseries" ? prometheus.range(query, period, step) : prometheus.instant(query, period.to);
      const series = await asked.catch((error: unknown) => {
        throw new Error(`${dashboard.uid}, ${panel.title}: ${(error as Error).message}\n${query}`);
      });
      return { expression: query, legend, series };
    });
  const answers: AnsweredPanel[] = [];
  // One panel after another: a Prometheus of a small cluster is not flooded.
  for (const panel of panelsOf(dashboard)) answers.push({ panel, answers: await Promise.all(answersOf(panel)) });
  return answers;
}

/** Queries that returned nothing, each as "panel: legend". */
export const unanswered = (panels: readonly AnsweredPanel[]): string[] =>
  panels.flatMap(({ panel, answers }) =>
    answers.filter(({ series }) => series.length === 0).map(({ legend }) => `${panel.title}: ${legend}`),
  );

/** Name of a series: the legend with the values of its labels. */
export const nameOf = (legend: string, { labels }: Series): string =>
  legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => labels[label] ?? "");
