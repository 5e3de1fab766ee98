/** Steps of a drill as bars over time, with the disaster and the recovery. */
import { duration } from "../duration";
import type { Report } from "../report";
import { axesOf, colours, left, right, rowAxes, rowHeightOf, timeAxis, type Part, type Place } from "./frame";
import { moments } from "./moments";

/** Room for the labels of the moments above the steps, and for the axis of the time below them. */
const [above, below] = [26, 46];

/** Returns the part with the steps. */
export function stepsPart(report: Report, place: Place): Part {
  const { steps, disaster, recovered } = report;
  const { index, y } = place;
  const height = steps.length * rowHeightOf(steps.map(({ title }) => title));
  const rows = steps.map(({ title, begin, end, error }) => ({
    left: title,
    right: `${error === undefined ? "" : "failed after "}${duration(end - begin)}`,
    isBad: error !== undefined,
  }));
  const bars = { type: "bar" as const, ...axesOf(index), stack: "steps", barWidth: 16, silent: true };
  return {
    height: above + height + below,
    titles: [],
    grid: { left, right, top: y + above, height },
    xAxis: timeAxis(place),
    yAxes: rowAxes(index, rows),
    series: [
      // Invisible, until the begin of each step.
      {
        ...bars,
        itemStyle: { color: "transparent" },
        data: steps.map(({ begin }) => begin),
        markArea: {
          silent: true,
          itemStyle: { color: colours.disaster, opacity: 0.08 },
          data: [[{ xAxis: disaster }, { xAxis: recovered }]],
        },
        markLine: moments(report),
      },
      {
        ...bars,
        barMinHeight: 2,
        data: steps.map(({ begin, end, error }) => ({
          value: end - begin,
          itemStyle: { color: error === undefined ? colours.bar : colours.bad },
        })),
      },
    ],
  };
}
