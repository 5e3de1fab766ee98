/** Rows that were acknowledged over the time of a drill, and how many of them were lost. */
import { axisOf } from "../../drawing/axis";
import type { RowsOverTime } from "../measure";
import type { Report } from "../report";
import { axesOf, colours, left, line, right, timeAxis, type Part, type Place } from "./frame";
import { moments } from "./moments";

const height = 80;

/** Returns the part with the rows of a system. Its time is the one in which rows were written. */
export function rowsPart(system: string, rows: RowsOverTime, report: Report, { index, y }: Omit<Place, "time">): Part {
  const end = rows.begin + rows.acknowledged.length * rows.seconds;
  const { interval: step } = axisOf("seconds", end - rows.begin, 0);
  const time = { min: Math.floor(rows.begin / step) * step, max: Math.ceil(end / step) * step, interval: step };
  const isShown = (seconds: number) => seconds >= time.min && seconds <= time.max;
  const there = rows.acknowledged.map((count, interval) => count - rows.lost[interval]!);
  const area = (color: string, counts: readonly number[]) => ({
    type: "line" as const,
    ...axesOf(index),
    stack: `rows-${index}`,
    step: "end" as const,
    silent: true,
    showSymbol: false,
    lineStyle: { width: 0 },
    areaStyle: { color, opacity: 1 },
    data: outline(rows, counts),
  });
  const lines = moments(report, false);
  const shown = lines.data.filter(({ xAxis }) => isShown(xAxis));
  const interval = rows.seconds === 1 ? "second" : `${rows.seconds} s`;
  const [acknowledged, lost] = [total(rows.acknowledged), total(rows.lost)];
  const axis = {
    type: "value" as const,
    gridIndex: index,
    min: 0,
    minInterval: 1,
    splitNumber: 2,
    splitLine: { lineStyle: { color: colours.line } },
    axisLabel: { color: colours.quiet },
  };
  return {
    height: height + 66,
    titles: [line(`${system}: rows by ${interval}; ${acknowledged} acknowledged, ${lost} of them lost (red)`, y)],
    grid: { left, right, top: y + 26, height },
    xAxis: timeAxis({ index, y, time }),
    yAxes: [axis, { ...axis, position: "right", show: false }],
    series: [{ ...area(colours.bar, there), markLine: { ...lines, data: shown } }, area(colours.bad, rows.lost)],
  };
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

/** Points of a stepped line, which begins and ends at zero. */
function outline({ begin, seconds }: RowsOverTime, counts: readonly number[]): [number, number][] {
  const points = counts.map((count, index): [number, number] => [begin + index * seconds, count]);
  return [[begin, 0], ...points, [begin + counts.length * seconds, 0]];
}
