/** Columns of a table panel, in Grafana's words. */
import { TableCellDisplayMode, TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import type { DataTransformerConfig, DynamicConfigValue } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Column, TablePanel } from "./dashboard";
import { colouredBy, stateMappings, thresholdsBuilder } from "./dashboard-limits";
import { grafanaUnits } from "./dashboard-units";

/** Letter by which Grafana names a panel's query. */
export const referenceOf = (index: number): string => String.fromCharCode("A".charCodeAt(0) + index);

/** Transformations that join the queries by their labels, and order and name the columns. */
export function columnsInOrder({ labels, columns }: TablePanel): DataTransformerConfig[] {
  // Grafana names the values of a table's only query "Value", and those of several by their letters.
  const values = columns.map((_, index) => (columns.length === 1 ? "Value" : `Value #${referenceOf(index)}`));
  const titles = new Map([
    ...Object.entries(labels),
    ...columns.map(({ legend }, index) => [values[index]!, legend] as const),
  ]);
  return [
    { id: "merge", options: {} },
    {
      id: "organize",
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries([...titles.keys()].map((name, index) => [name, index])),
        renameByName: Object.fromEntries(titles),
      },
    },
  ];
}

export const sortedBy = ({ sortedBy, columns }: TablePanel): TableSortByFieldStateBuilder =>
  new TableSortByFieldStateBuilder().displayName(sortedBy ?? columns[0].legend).desc(true);

/** Overrides for one column. */
export function columnProperties({ unit, thresholds, states }: Column): DynamicConfigValue[] {
  return [
    ...(unit ? [{ id: "unit", value: grafanaUnits[unit] }] : []),
    ...(states ? [{ id: "mappings", value: stateMappings(states) }] : []),
    ...(thresholds
      ? [
          { id: "thresholds", value: thresholdsBuilder(thresholds).build() },
          { id: "color", value: colouredBy(thresholds).build() },
          { id: "custom.cellOptions", value: { type: TableCellDisplayMode.ColorText } },
        ]
      : []),
  ];
}
