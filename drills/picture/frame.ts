/** Measures and looks that the parts of a drill's picture share. */
import type { Axis } from "../../drawing/axis";
import type { Chart } from "../../drawing/svg";
import { roundDuration } from "../duration";

/** Size of the picture, with the room on the left for titles and on the right for figures, in pixels. */
export const [width, left, right] = [1000, 340, 190];

/** Colours on white. */
export const colours = {
  text: "#24292e",
  quiet: "#5a6066",
  line: "#d5d8dc",
  bar: "#2e86c1",
  bad: "#c0392b",
  disaster: "#6c3483",
  good: "#1e8449",
} as const;

type One<Value> = Value extends readonly (infer Item)[] ? Item : Value;
type Option<Key extends keyof Chart> = One<NonNullable<Chart[Key]>>;

/** Part of the picture: a grid with its axes, by their place among those of all parts. */
export interface Part {
  readonly height: number;
  readonly titles: readonly Option<"title">[];
  readonly grid: Option<"grid">;
  readonly xAxis: Option<"xAxis">;
  /** Axis on the left, and one on the right. */
  readonly yAxes: readonly [Option<"yAxis">, Option<"yAxis">];
  readonly series: readonly Option<"series">[];
}

/** Place of a part: its number from 0 on, its upper end in pixels, and the axis of its time. */
export interface Place {
  readonly index: number;
  readonly y: number;
  readonly time: Axis;
}

/** Returns the numbers of a part's axes, for a series on its left one. */
export const axesOf = (index: number) => ({ xAxisIndex: index, yAxisIndex: 2 * index });

/** Returns a line of text over the whole width. */
export const line = (text: string, top: number, style: { fontSize?: number; fontWeight?: "normal" | "bold" } = {}) => ({
  text,
  left: 12,
  top,
  padding: 0,
  textStyle: { fontSize: 13, fontWeight: "bold" as const, color: colours.text, ...style },
});

/** Returns the axis of the seconds since the start. */
export const timeAxis = ({ index, time }: Place) => ({
  type: "value" as const,
  gridIndex: index,
  ...time,
  splitLine: { lineStyle: { color: colours.line } },
  axisLabel: { color: colours.quiet, formatter: roundDuration },
});

/** Returns axes of rows from the top down, with a text on the left and one on the right of each. */
export function rowAxes(index: number, rows: readonly { left: string; right: string; isBad: boolean }[]) {
  const axis = {
    type: "category" as const,
    gridIndex: index,
    inverse: true,
    axisTick: { show: false },
    axisLine: { show: false },
    splitLine: { show: false },
  };
  const label = { interval: 0, fontSize: 12, lineHeight: 14, margin: 10 };
  return [
    {
      ...axis,
      data: rows.map(({ left }) => broken(left)),
      axisLabel: { ...label, color: colours.text },
    },
    {
      ...axis,
      position: "right" as const,
      data: rows.map(({ right }) => right),
      axisLabel: { ...label, color: (_: unknown, row?: number) => (rows[row!]?.isBad ? colours.bad : colours.text) },
    },
  ] as const;
}

/** Number of characters of a line on the left. A letter is at most about 7 pixels wide on average. */
const lineLength = 46;

/** Breaks a text between words, and words that are longer than a line. */
export function broken(text: string): string {
  const lines: string[] = [];
  let current = "";
  const pieces = text.split(" ").flatMap((word) => word.match(new RegExp(`.{1,${lineLength}}`, "gu")) ?? []);
  for (const piece of pieces) {
    if (current !== "" && current.length + 1 + piece.length > lineLength) {
      lines.push(current);
      current = piece;
    } else current = current === "" ? piece : `${current} ${piece}`;
  }
  return [...lines, current].join("\n");
}

/** Height of rows with such texts on the left, in pixels. */
export const rowHeightOf = (texts: readonly string[]): number =>
  10 + 14 * Math.max(1, ...texts.map((text) => broken(text).split("\n").length));
