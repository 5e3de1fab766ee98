import type { Panel } from "../../../../components/monitoring/dashboard";
import { placed } from "../../../../components/monitoring/dashboard-layout";

const panel = (title: string, width?: number, kind: "stat" | "timeseries" = "timeseries"): Panel => ({
  kind,
  title,
  description: "A panel.",
  unit: "count",
  queries: [{ expression: "up", legend: "up" }],
  width,
});

const placesOf = (...rows: Parameters<typeof placed>[0]["rows"]) =>
  placed({ uid: "small-one", rows }).map((item) => {
    const { x, y, w, h } = item.place;
    return `${"heading" in item ? item.heading : item.panel.title} ${x},${y} ${w}x${h}`;
  });

test("panels share a row, and a row without a title follows the one before it", () => {
  expect(placesOf({ title: "Top", panels: [panel("a"), panel("b")] }, { panels: [panel("c")] })).toEqual([
    "Top 0,0 24x1",
    "a 0,1 12x8",
    "b 12,1 12x8",
    "c 0,9 24x8",
  ]);
});

test("panels without a width share what the others leave", () => {
  expect(placesOf({ panels: [panel("a", 6), panel("b"), panel("c")] })).toEqual([
    "a 0,0 6x8",
    "b 6,0 9x8",
    "c 15,0 9x8",
  ]);
});

test("a row of figures is lower, and a row can have a height of its own", () => {
  const figures = [panel("a", undefined, "stat"), panel("b", undefined, "stat")] as const;
  expect(placesOf({ panels: [...figures] }, { height: 3, panels: [panel("c")] })).toEqual([
    "a 0,0 12x4",
    "b 12,0 12x4",
    "c 0,4 24x3",
  ]);
});

test.each([
  [[panel("a", 20), panel("b", 5)], "a: 20, b: 5"],
  [[panel("a", 20)], "a: 20"],
  [[panel("a", 24), panel("b")], "a: 24, b: 0"],
  [[panel("a", 5), panel("b"), panel("c")], "a: 5, b: 9.5, c: 9.5"],
])("widths that do not fill the row are refused (%#)", (panels, list) => {
  expect(() => placesOf({ panels: panels as [Panel] })).toThrow(
    `dashboard small-one: the widths of a row must be whole numbers that add up to 24 (${list})`,
  );
});
