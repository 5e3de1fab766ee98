/** Panels as the Grafana Foundation SDK builds them. */
import { PanelBuilder as BarGaugeBuilder } from "@grafana/grafana-foundation-sdk/bargauge";
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  FieldColorBuilder,
  FieldColorModeId,
  type Panel as GrafanaPanel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { ChartPanel, Panel, Query, TablePanel } from "./dashboard";
import type { Place } from "./dashboard-layout";
import { colouredBy, stateMappings, thresholdsBuilder } from "./dashboard-limits";
import { columnProperties, columnsInOrder, referenceOf, sortedBy } from "./dashboard-table";
import { grafanaUnits } from "./dashboard-units";
import { dataSource, scrapeSeconds } from "./dashboard-variables";

/** Returns a panel in its place. */
export const grafanaPanel = (panel: Panel, id: number, gridPos: Place): GrafanaPanel => ({
  ...builders[panel.kind](panel as never).build(),
  id,
  gridPos,
  title: panel.title,
  description: panel.description,
  datasource: dataSource,
});

const builders = { timeseries, stat, "bar gauge": barGauge, table };

function timeseries(panel: ChartPanel) {
  const builder = new TimeseriesBuilder()
    .targets(panel.queries.map((query, index) => target(query, index).range()))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .lineWidth(2)
    .fillOpacity(8)
    .showPoints(VisibilityMode.Never);
  if (panel.thresholds)
    builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  if (panel.reachesAtLeast !== undefined) builder.axisSoftMax(panel.reachesAtLeast);
  return scaled(builder, panel);
}

function stat(panel: ChartPanel) {
  const builder = new StatBuilder()
    .targets(panel.queries.map((query, index) => target(query, index).instant()))
    .colorMode(panel.thresholds ? BigValueColorMode.Value : BigValueColorMode.None)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(latest());
  return scaled(builder, panel);
}

function barGauge(panel: ChartPanel) {
  const builder = new BarGaugeBuilder()
    .targets(panel.queries.map((query, index) => target(query, index).instant()))
    .displayMode(BarGaugeDisplayMode.Basic)
    .orientation(VizOrientation.Horizontal)
    .reduceOptions(latest());
  return scaled(builder, panel);
}

function table(panel: TablePanel) {
  const builder = new TableBuilder()
    .targets(panel.columns.map((query, index) => target(query, index).instant().format(PromQueryFormat.Table)))
    .unit(grafanaUnits[panel.unit])
    .transformations(columnsInOrder(panel))
    .sortBy([sortedBy(panel)]);
  for (const column of panel.columns) builder.overrideByName(column.legend, columnProperties(column));
  return builder;
}

const target = ({ expression, legend }: Query, index: number) =>
  new DataqueryBuilder()
    .refId(referenceOf(index))
    .expr(expression)
    .legendFormat(legend)
    // Grafana takes it for the time between two scrapes, from which it makes $__rate_interval.
    .interval(`${scrapeSeconds}s`)
    .datasource(dataSource);

const latest = () => new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).fields("").values(false);

/** Sets the unit, the limits, the states and the ends of the scale. */
function scaled<Builder extends TimeseriesBuilder | StatBuilder | BarGaugeBuilder>(
  builder: Builder,
  panel: ChartPanel,
): Builder {
  const { unit, thresholds, states, minimum, maximum, decimals } = panel;
  builder.unit(grafanaUnits[unit]).thresholds(thresholdsBuilder(thresholds));
  if (panel.kind !== "timeseries") builder.colorScheme(colouredBy(thresholds));
  if (states) builder.mappings(stateMappings(states));
  if (minimum !== undefined) builder.min(minimum);
  if (maximum !== undefined) builder.max(maximum);
  if (decimals !== undefined) builder.decimals(decimals);
  return builder;
}
