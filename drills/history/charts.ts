/** Charts of one figure of a scenario's drills over time, against what was promised. */
import { axisOf } from "../../drawing/axis";
import { svg } from "../../drawing/svg";
import { duration, roundDuration } from "../duration";

/** Figure of one drill, in seconds. */
export interface Point {
  /** Begin of the drill, in milliseconds since 1970. */
  readonly time: number;
  /** Infinite: unknown. */
  readonly measured: number;
  readonly promised: number;
}

/** Size of a chart, which fits a window of 360 pixels. */
const [width, height] = [320, 170];

// Colours of the page, which are others where it is dark.
const [ink, quiet, grid, good, bad] = ["var(--ink)", "var(--quiet)", "var(--grid)", "var(--good)", "var(--bad)"];

/**
 * Draws the points, oldest first. What missed is a red triangle. An unknown figure is a triangle at the upper end.
 * @param title name of the picture, which also has the newest figure
 */
export function figureChart(title: string, points: readonly Point[]): string {
  const known = points.flatMap(({ measured, promised }) => [measured, promised]).filter(Number.isFinite);
  // Leaves the upper end to unknown figures, apart from the objectives.
  const axis = axisOf("seconds", 1.1 * Math.max(...known), 0);
  const times = points.map(({ time }) => time);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  // A day on both sides of a single drill. Dates of drills on nearly the same day would cover each other.
  const margin = Math.max((last - first) * 0.05, 86_400_000);
  const dates = last - first > 1.5 * 86_400_000 ? [first, last] : [first];
  const isMissed = ({ measured, promised }: Point) => measured > promised;
  return svg(
    {
      textStyle: { fontFamily: "system-ui, sans-serif" },
      // The longest label is that of an hour and some minutes.
      grid: { left: 74, right: 22, top: 12, bottom: 24 },
      xAxis: {
        type: "time",
        min: first - margin,
        max: last + margin,
        axisTick: { customValues: dates },
        axisLine: { lineStyle: { color: quiet } },
        axisLabel: {
          color: quiet,
          fontSize: 11,
          customValues: dates,
          formatter: (time: number) => new Date(time).toISOString().slice(0, 10),
        },
      },
      yAxis: {
        type: "value",
        ...axis,
        axisLabel: { color: quiet, fontSize: 11, formatter: roundDuration },
        splitLine: { lineStyle: { color: grid } },
      },
      series: [
        {
          type: "line",
          silent: true,
          step: "end",
          showSymbol: false,
          lineStyle: { color: ink, type: "dashed", width: 1.5 },
          data: [
            [first - margin, points[0]!.promised],
            ...points.map(({ time, promised }) => [time, promised]),
            [last + margin, points.at(-1)!.promised],
          ],
        },
        {
          type: "line",
          silent: true,
          symbolSize: 9,
          lineStyle: { color: quiet, width: 1 },
          data: points.map((point) => ({
            value: [point.time, Math.min(point.measured, axis.max)],
            symbol: isMissed(point) ? "triangle" : "circle",
            itemStyle: { color: isMissed(point) ? bad : good },
          })),
        },
      ],
    },
    { width, height },
    `${title}: ${inWords(points)}`,
  );
}

/** Says what a chart shows: how many drills, and the newest figure. */
export function inWords(points: readonly Point[]): string {
  const newest = points.at(-1)!;
  const missed = points.filter(({ measured, promised }) => measured > promised).length;
  return (
    `${points.length === 1 ? "1 drill" : `${points.length} drills`}, ${missed} missed; ` +
    `last ${duration(newest.measured)} of ${duration(newest.promised)}`
  );
}
