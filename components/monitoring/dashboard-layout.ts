/** Places of a dashboard's panels in Grafana's grid, which is 24 wide. */
import type { Dashboard, Panel, Row } from "./dashboard";

export const gridWidth = 24;

/** Place in the grid, with the origin at the top left. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Heading or panel in its place. */
export type Placed = { readonly place: Place } & ({ readonly heading: string } | { readonly panel: Panel });

const headingHeight = 1;

/**
 * Places the headings and panels from top to bottom.
 * @throws Error if a row's widths do not add up to 24
 */
export function placed({ uid, rows }: Pick<Dashboard, "uid" | "rows">): readonly Placed[] {
  let y = 0;
  return rows.flatMap((row) => {
    const { title, panels } = row;
    const items: Placed[] = [];
    if (title !== undefined) {
      items.push({ heading: title, place: { x: 0, y, w: gridWidth, h: headingHeight } });
      y += headingHeight;
    }
    const [h, widths] = [heightOf(row), widthsOf(row, uid)];
    let x = 0;
    panels.forEach((panel, index) => {
      const w = widths[index]!;
      items.push({ panel, place: { x, y, w, h } });
      x += w;
    });
    y += h;
    return items;
  });
}

const heightOf = ({ height, panels }: Row) => height ?? (panels.every(({ kind }) => kind === "stat") ? 4 : 8);

function widthsOf({ panels }: Row, uid: string): readonly number[] {
  const given = panels.reduce((sum, { width }) => sum + (width ?? 0), 0);
  const open = panels.filter(({ width }) => width === undefined).length;
  const share = open > 0 ? (gridWidth - given) / open : 0;
  const widths = panels.map(({ width }) => width ?? share);
  const sum = widths.reduce((total, width) => total + width, 0);
  if (sum !== gridWidth || !widths.every((width) => Number.isInteger(width) && width > 0)) {
    const list = panels.map(({ title }, index) => `${title}: ${Number(widths[index]!.toFixed(2))}`).join(", ");
    throw new Error(
      `dashboard ${uid}: the widths of a row must be whole numbers that add up to ${gridWidth} (${list})`,
    );
  }
  return widths;
}
