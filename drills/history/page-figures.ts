/** Section of the page with the charts. */
import { escaped } from "../../drawing/html";
import type { SystemReport } from "../report";
import { figureChart, inWords, type Point } from "./charts";
import type { Finished } from "./records";

/** Returns the section: for each stack and scenario both figures of each system. */
export function figuresSection(finished: readonly Finished[]): string {
  const groups = new Map<string, Map<string, { time: number; system: SystemReport }[]>>();
  // The oldest first, as time goes on a chart.
  for (const { report } of finished.toReversed()) {
    const name = `${report.scenario}, stack ${report.stack}`;
    const group = groups.get(name) ?? new Map<string, { time: number; system: SystemReport }[]>();
    groups.set(name, group);
    for (const system of report.systems)
      group.set(system.system, [...(group.get(system.system) ?? []), { time: Date.parse(report.started), system }]);
  }
  const parts = [...groups]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, systems]) => {
      const charts = [...systems].flatMap(([system, drills]) =>
        (["rto", "rpo"] as const).map((figure) =>
          chart(
            `${system}, ${figure.toUpperCase()}`,
            name,
            drills.map(({ time, system: each }) => ({ time, measured: each[figure], promised: each.promised[figure] })),
          ),
        ),
      );
      return `<h3>${escaped(name)}</h3>\n<div class="charts">\n${charts.join("\n")}\n</div>`;
    });
  return [
    "<h2>RTO and RPO over time</h2>",
    finished.length === 0
      ? "<p>There is no report of a finished drill.</p>"
      : `<p class="quiet">The dashed line is what was promised. A circle met it; a triangle missed it, or is at the upper end if nobody knows how much.</p>`,
    ...parts,
  ].join("\n");
}

const chart = (title: string, name: string, points: readonly Point[]) =>
  `<figure>\n<figcaption><b>${escaped(title)}</b>: ${escaped(inWords(points))}</figcaption>\n${figureChart(`${name}: ${title}`, points)}\n</figure>`;
