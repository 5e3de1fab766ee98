/** A dashboard with its answers as a page of HTML, without scripts. */
import type { ChartPanel, Dashboard } from "../../components/monitoring/dashboard";
import { placed, type Place } from "../../components/monitoring/dashboard-layout";
import type { Period } from "../../components/monitoring/dashboard-variables";
import type { AnsweredPanel, Answer } from "./answers";
import { graph, namedSeries, palette } from "./chart";
import { bars, figures } from "./figures";
import { escaped } from "../../drawing/html";
import { style } from "./style";
import { table } from "./table";

/** Size of the page and of the grid, in pixels. */
export const pageWidth = 1680;
const [columnWidth, rowHeight, gap, top] = [pageWidth / 24, 38, 8, 64];
const titleHeight = 30;

/**
 * Returns the page.
 * @param panels panels in the dashboard's order
 */
export function page(dashboard: Dashboard, panels: readonly AnsweredPanel[], period: Period): string {
  const answers = new Map(panels.map((each) => [each.panel, each.answers]));
  const items = placed(dashboard);
  const bottom = Math.max(...items.map(({ place }) => place.y + place.h));
  const height = top + bottom * rowHeight + gap;
  const content = items.map((item) =>
    "heading" in item
      ? `<h2 style="${position(item.place)}">${escaped(item.heading)}</h2>`
      : `<section style="${position(item.place)}"><h3>${escaped(item.panel.title)}</h3>${body({ panel: item.panel, answers: answers.get(item.panel)! }, size(item.place), period)}</section>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(dashboard.title)}</title>
<style>${style}</style>
<body style="width:${pageWidth}px;height:${height}px">
<header><h1>${escaped(dashboard.title)}</h1>
<p>${escaped(dashboard.namespaces.join(", "))} · ${time(period.from)} to ${time(period.to)} UTC</p></header>
${content.join("\n")}</body></html>`;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function body({ panel, answers }: AnsweredPanel, { width, height }: Size, period: Period): string {
  if (answers.every(({ series }) => series.length === 0)) return `<p class="nothing">No data</p>`;
  switch (panel.kind) {
    case "timeseries":
      return timeseries(panel, answers, { width, height }, period);
    case "stat":
      return figures(panel, answers, width);
    case "bar gauge":
      return bars(panel, answers, height);
    case "table":
      return table(panel, answers, height);
  }
}

const [legendLine, legendLines] = [18, 3];

function timeseries(panel: ChartPanel, answers: readonly Answer[], { width, height }: Size, period: Period): string {
  const names = namedSeries(answers).map(({ name }) => name);
  const { shown, lines } = fitting(names, width);
  const entries = names
    .slice(0, shown)
    .map(
      (name, index) => `<span><i style="background:${palette[index % palette.length]!}"></i>${escaped(name)}</span>`,
    );
  const more = names.length > shown ? [`<span>… and ${names.length - shown} more</span>`] : [];
  const legendHeight = lines * legendLine;
  return `${graph(panel, answers, period, width, height - legendHeight - 4)}<div class="legend" style="height:${legendHeight}px">${[...entries, ...more].join("")}</div>`;
}

/** Number of a legend's entries that fit, and of the lines that they take. */
function fitting(names: readonly string[], width: number): { shown: number; lines: number } {
  let [lines, x] = [1, 0];
  for (const [index, name] of names.entries()) {
    const needed = 30 + 6.6 * name.length;
    // The last line keeps room for the number of those that do not fit.
    const room = lines === legendLines && index < names.length - 1 ? width - 110 : width;
    if (x + needed > room && x > 0) {
      if (lines === legendLines) return { shown: index, lines };
      lines += 1;
      x = 0;
    }
    x += needed;
  }
  return { shown: names.length, lines };
}

const position = ({ x, y, w, h }: Place) =>
  `left:${x * columnWidth + gap / 2}px;top:${top + y * rowHeight}px;width:${w * columnWidth - gap}px;height:${h * rowHeight - gap}px`;

/** Room of a panel's body. */
const size = ({ w, h }: Place): Size => ({
  width: w * columnWidth - gap - 18,
  height: h * rowHeight - gap - titleHeight - 8,
});

const time = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
