/** Measured RTO and RPO of each system, as shares of what is promised. */
import { duration } from "../duration";
import type { SystemReport } from "../report";
import { axesOf, colours, left, line, right, rowAxes, type Part } from "./frame";

const rowHeight = 24;
/** End of the axis. A longer bar ends there; its figure is beside it. */
const longest = 1.5;

/** Returns the part with the objectives, at `y`. */
export function objectivesPart(systems: readonly SystemReport[], index: number, y: number): Part {
  const rows = systems.flatMap(({ system, rto, rpo, promised }) => [
    row(`${system}: RTO`, rto, promised.rto),
    row(`${system}: RPO`, rpo, promised.rpo),
  ]);
  const height = rows.length * rowHeight;
  return {
    height: height + 80,
    titles: [line("Measured, as a share of what is promised", y)],
    grid: { left, right, top: y + 44, height },
    xAxis: {
      type: "value",
      gridIndex: index,
      min: 0,
      max: longest,
      interval: 0.5,
      splitLine: { lineStyle: { color: colours.line } },
      axisLabel: {
        color: colours.quiet,
        formatter: (share: number) => (share === longest ? "150% or more" : `${100 * share}%`),
      },
    },
    yAxes: rowAxes(index, rows),
    series: [
      {
        type: "bar",
        ...axesOf(index),
        barWidth: 12,
        silent: true,
        data: rows.map(({ share, isBad }) => ({
          value: Math.min(share, longest),
          itemStyle: { color: isBad ? colours.bad : colours.good },
        })),
        markLine: {
          silent: true,
          symbol: "none",
          data: [
            {
              xAxis: 1,
              lineStyle: { color: colours.text, width: 2, type: "dashed" },
              label: { position: "start", distance: 6, formatter: "promised", color: colours.text, fontSize: 12 },
            },
          ],
        },
      },
    ],
  };
}

function row(title: string, measured: number, promised: number) {
  const isBad = measured > promised;
  return {
    left: `${title} ${duration(measured)} of ${duration(promised)}`,
    right: isBad ? "missed" : "met",
    isBad,
    // Of nothing any loss is too much.
    share: promised > 0 ? measured / promised : isBad ? longest : 0,
  };
}
