/** Picture of a drill: its steps over time, the rows that were written, and the objectives. */
import { axisOf } from "../../drawing/axis";
import { svg } from "../../drawing/svg";
import { duration } from "../duration";
import { isKept, type Report } from "../report";
import { line, width, type Part } from "./frame";
import { objectivesPart } from "./objectives";
import { rowsPart } from "./rows";
import { stepsPart } from "./steps";

/** Height of the title. */
const top = 56;

/** Draws the picture as SVG. */
export function timelinePicture(report: Report): string {
  const { scenario, stack, started, steps, systems } = report;
  const time = axisOf("seconds", Math.max(report.recovered, ...steps.map(({ end }) => end), 1), 0);
  const parts: Part[] = [stepsPart(report, { index: 0, y: top, time })];
  const y = () => parts.reduce((sum, { height }) => sum + height, top);
  for (const { system, rows } of systems)
    if (rows) parts.push(rowsPart(system, rows, report, { index: parts.length, y: y() }));
  parts.push(objectivesPart(systems, parts.length, y()));
  const chart = {
    backgroundColor: "#ffffff",
    textStyle: { fontFamily: "sans-serif" },
    title: [
      line(scenario, 10, { fontSize: 16 }),
      line(`Stack ${stack}, began ${started}`, 34, { fontWeight: "normal", fontSize: 12 }),
      ...parts.flatMap(({ titles }) => titles),
    ],
    grid: parts.map(({ grid }) => grid),
    xAxis: parts.map(({ xAxis }) => xAxis),
    yAxis: parts.flatMap(({ yAxes }) => yAxes),
    series: parts.flatMap(({ series }) => series),
  };
  return `${svg(chart, { width, height: y() }, inWords(report))}\n`;
}

/** Says what the picture shows. */
function inWords({ scenario, stack, steps, disaster, recovered, systems }: Report): string {
  const failed = steps.filter(({ error }) => error !== undefined).length;
  return [
    `${scenario}, stack ${stack}: ${steps.length} steps, of which ${failed} failed`,
    `disaster at ${duration(disaster)}, recovered at ${duration(recovered)}`,
    ...systems.map(
      (each) =>
        `${each.system}: RTO ${duration(each.rto)} of ${duration(each.promised.rto)}, RPO ${duration(each.rpo)} of ` +
        `${duration(each.promised.rpo)}, ${isKept(each) ? "met" : "missed"}`,
    ),
  ].join("; ");
}
