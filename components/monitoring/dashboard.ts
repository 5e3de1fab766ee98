/**
 * Description of a dashboard, in a few words of our own. dashboard-json.ts writes Grafana's JSON from it, and
 * dashboards/pictures draws it without Grafana.
 */
import type { Unit } from "./dashboard-units";

/** Shows the metrics of one system, or of the platform. */
export interface Dashboard {
  /** Identifier in Grafana's URLs, and name of the file: a-z, 0-9 and '-', 8 to 40 characters. */
  readonly uid: string;
  readonly title: string;
  /** Purpose, and the heading of the runbook that it comes from. */
  readonly description: string;
  /** Names by which Grafana groups dashboards. */
  readonly tags: readonly string[];
  /**
   * Namespaces that the variable `namespace` has at first. With more than one, all are chosen at first, and people can
   * choose some of them.
   */
  readonly namespaces: readonly [string, ...string[]];
  /** Period that is shown at first, in hours. Default: 6. */
  readonly hours?: number;
  readonly rows: readonly Row[];
}

/** Panels beside each other. */
export interface Row {
  /** Heading above the row. Default: none, and the row belongs to the heading before it. */
  readonly title?: string;
  /** Height of the panels, in Grafana's units of 30 pixels. Default: 8, or 4 if all panels are figures. */
  readonly height?: number;
  /** Panels from left to right. Their widths add up to 24. */
  readonly panels: readonly [Panel, ...Panel[]];
}

export type Panel = ChartPanel | TablePanel;

interface CommonPanel {
  readonly title: string;
  /** Text that Grafana shows on demand: what is measured, and the runbook's limit. */
  readonly description: string;
  /** Unit of the values. */
  readonly unit: Unit;
  /** Width, of 24. Default: an equal share of what the row's other panels leave. */
  readonly width?: number;
  /** Limits from which a value is coloured. Default: none. */
  readonly thresholds?: Thresholds;
  /** Texts that are shown in place of a value, by value. Default: none. */
  readonly states?: Readonly<Record<number, string>>;
}

/** Values over time (`timeseries`), or the latest ones as figures (`stat`) or bars (`bar gauge`). */
export interface ChartPanel extends CommonPanel {
  readonly kind: "timeseries" | "stat" | "bar gauge";
  readonly queries: readonly [Query, ...Query[]];
  /** Ends of the scale. Default: those of the data. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Value to which the scale of a graph reaches at least, so that a limit is seen. Default: that of the data. */
  readonly reachesAtLeast?: number;
  /** Number of decimals of the values. Default: as few as tell them. */
  readonly decimals?: number;
}

/** Latest values, with a line for each combination of labels and a column for each query. */
export interface TablePanel extends CommonPanel {
  readonly kind: "table";
  /** Columns of labels: the title by the label. The queries return these labels and no others. */
  readonly labels: Readonly<Record<string, string>>;
  readonly columns: readonly [Column, ...Column[]];
  /** Column by which the lines are sorted, in descending order. Default: the first one of the values. */
  readonly sortedBy?: string;
}

export interface Query {
  /** PromQL, in which each selector has `inNamespace`. Grafana's variables such as $__rate_interval are allowed. */
  readonly expression: string;
  /** Name of each series, with labels as {{label}}. */
  readonly legend: string;
}

/** Column of a table: a query with the column's title as its legend. */
export interface Column extends Query {
  /** Default: the panel's. */
  readonly unit?: Unit;
  /** Default: none. */
  readonly thresholds?: Thresholds;
  /** Default: none. */
  readonly states?: Readonly<Record<number, string>>;
}

/**
 * Limits of values, in the panel's unit. At least one is set. A value at a limit counts as bad if higher is bad, and as
 * good if lower is bad: Grafana begins a colour at its number.
 */
export interface Thresholds {
  /** Side of the limits that is bad. */
  readonly bad: "above" | "below";
  readonly warning?: number;
  readonly critical?: number;
}

/** Matcher that limits a selector to the namespaces that are chosen in the dashboard. */
export const inNamespace = 'namespace=~"$namespace"';

/** Queries of a panel, whatever its kind. */
export const queriesOf = (panel: Panel): readonly Query[] => (panel.kind === "table" ? panel.columns : panel.queries);

/** All panels of a dashboard, in their order. */
export const panelsOf = ({ rows }: Pick<Dashboard, "rows">): readonly Panel[] => rows.flatMap(({ panels }) => panels);
