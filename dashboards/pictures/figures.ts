/** Latest values as figures and as bars. */
import type { ChartPanel } from "../../components/monitoring/dashboard";
import { levelOf } from "../../components/monitoring/dashboard-limits";
import { written } from "../../components/monitoring/dashboard-units";
import type { Answer } from "./answers";
import { levelColours, namedSeries } from "./chart";
import { escaped } from "../../drawing/html";

/** Draws the figures of a panel. Names are shown if there are several. */
export function figures(panel: ChartPanel, answers: readonly Answer[], width: number): string {
  const values = latest(answers);
  const longest = Math.max(...values.map(({ value }) => textOf(panel, value).length));
  // A bold letter is about 0.6 of its size wide.
  const fontSize = Math.max(11, Math.min(28, Math.floor((width / values.length - 12) / (longest * 0.6))));
  const items = values.map(({ name, value }) => {
    const caption = values.length > 1 ? `<small>${escaped(name)}</small>` : "";
    return `<div>${caption}<b style="font-size:${fontSize}px;color:${colour(panel, value) ?? "#24292e"}">${escaped(textOf(panel, value))}</b></div>`;
  });
  return `<div class="figures">${items.join("")}</div>`;
}

/** Draws the bars of a panel, in the order of the answer. */
export function bars(panel: ChartPanel, answers: readonly Answer[], height: number): string {
  const values = latest(answers);
  const [least, most] = [panel.minimum ?? 0, panel.maximum ?? Math.max(...values.map(({ value }) => value), 0)];
  const line = Math.min(34, Math.floor(height / values.length));
  const items = values.map(({ name, value }) => {
    const share = most > least ? Math.min(1, Math.max(0, (value - least) / (most - least))) : 0;
    const bar = `height:${Math.max(2, line - 6)}px;width:${(100 * share).toFixed(1)}%;background:${colour(panel, value) ?? "#3274d9"}`;
    const style = colour(panel, value);
    return `<span style="line-height:${line}px">${escaped(name)}</span><div><i style="${bar}"></i></div><b style="color:${style ?? "#24292e"}">${escaped(textOf(panel, value))}</b>`;
  });
  return `<div class="bars">${items.join("")}</div>`;
}

const latest = (answers: readonly Answer[]) =>
  namedSeries(answers).map(({ name, values }) => ({ name, value: values.at(-1)![1] }));

const colour = ({ thresholds }: ChartPanel, value: number) =>
  thresholds ? levelColours[levelOf(value, thresholds)] : undefined;

const textOf = ({ states, unit, decimals }: ChartPanel, value: number) =>
  states?.[value] ?? written(value, unit, decimals);
