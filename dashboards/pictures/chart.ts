/** Graphs over time. */
import type { ChartPanel } from "../../components/monitoring/dashboard";
import { steps, type Level } from "../../components/monitoring/dashboard-limits";
import { written } from "../../components/monitoring/dashboard-units";
import type { Period } from "../../components/monitoring/dashboard-variables";
import { nameOf, type Answer } from "./answers";
import { axisOf } from "../../drawing/axis";
import { svg, type Chart } from "../../drawing/svg";

/** Colours of the series, in their order. */
export const palette = [
  ...["#4e8f3a", "#d9a514", "#2a9db8", "#e0752d", "#bf1b00", "#0a50a1", "#962d82", "#614d93", "#8ab8ff", "#99440a"],
  ...["#705da0", "#508642", "#cca300", "#447ebc", "#c15c17", "#890f02", "#0a437c", "#6d1f62", "#584477", "#b7dbab"],
];

/** Colours of the levels. */
export const levelColours: Readonly<Record<Level, string>> = {
  good: "#2f8f3a",
  warning: "#d97a00",
  critical: "#c9302c",
};

/** Series of a panel by their names, in the order of the legend. */
export const namedSeries = (answers: readonly Answer[]) =>
  answers.flatMap(({ legend, series }) => series.map((each) => ({ name: nameOf(legend, each), values: each.values })));

/** Draws the graph of a panel, without its legend. */
export function graph(
  panel: ChartPanel,
  answers: readonly Answer[],
  { from, to }: Period,
  width: number,
  height: number,
): string {
  const limits = panel.thresholds ? steps(panel.thresholds).filter(({ from }) => Number.isFinite(from)) : [];
  // A limit takes the colour of the worse level beside it.
  const worse = (index: number): Level => {
    const all = steps(panel.thresholds!);
    const [before, after] = [all[index]!.level, all[index + 1]!.level];
    return panel.thresholds!.bad === "above" ? after : before;
  };
  const markLine = {
    silent: true,
    symbol: "none",
    // Otherwise a limit of 0.005 is drawn at 0.01.
    precision: 9,
    label: { show: false },
    data: limits.map(({ from: yAxis }, index) => ({
      yAxis,
      lineStyle: { color: levelColours[worse(index)], type: "dashed" as const, width: 1.5 },
    })),
  };
  const series = namedSeries(answers);
  const highest = Math.max(...series.flatMap(({ values }) => values.map(([, value]) => value)).filter(Number.isFinite));
  const { minimum } = panel;
  const chart: Chart = {
    color: palette,
    grid: { left: 6, right: 14, top: 10, bottom: 2, containLabel: true },
    xAxis: {
      type: "time",
      min: from * 1000,
      max: to * 1000,
      splitNumber: 5,
      axisLabel: { hideOverlap: true, fontSize: 11, formatter: (time: number) => clock(time, to - from) },
    },
    yAxis: {
      type: "value",
      ...(minimum === undefined
        ? { scale: true, max: panel.maximum, splitNumber: 4 }
        : axisOf(panel.unit, Math.max(highest, panel.reachesAtLeast ?? highest), minimum, panel.maximum)),
      axisLabel: { fontSize: 11, formatter: (value: number) => panel.states?.[value] ?? written(value, panel.unit) },
    },
    series: series.map(({ name, values }, index) => ({
      type: "line",
      name,
      showSymbol: false,
      lineStyle: { width: 1.8 },
      areaStyle: { opacity: series.length > 3 ? 0 : 0.07 },
      data: values.map(([time, value]) => [time * 1000, Number.isFinite(value) ? value : null]),
      ...(index === 0 && limits.length > 0 ? { markLine } : {}),
    })),
  };
  return svg(chart, { width, height });
}

/** Time of an axis in UTC: the date at midnight if more than a day is shown. */
function clock(milliseconds: number, seconds: number): string {
  const text = new Date(milliseconds).toISOString();
  return seconds > 86_400 && text.slice(11, 16) === "00:00" ? text.slice(5, 10) : text.slice(11, 16);
}
