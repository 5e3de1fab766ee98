/** Grafana's JSON of a dashboard, by the Grafana Foundation SDK. */
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
  type Dashboard as GrafanaDashboard,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dashboard } from "./dashboard";
import { placed } from "./dashboard-layout";
import { grafanaPanel } from "./dashboard-panels";
import { dataSourceVariable, namespaceVariable } from "./dashboard-variables";

/** Tag of all dashboards, by which they link to each other. */
export const commonTag = "runsheet";

/**
 * Returns the dashboard as Grafana reads it, in the classic schema.
 * @throws Error if the uid is not one that Grafana takes, or if the panels of a row do not fill the grid
 */
export function grafanaDashboard(dashboard: Dashboard): GrafanaDashboard {
  const { uid, title, description, tags, namespaces, hours = 6 } = dashboard;
  if (!/^[a-z0-9-]{8,40}$/.test(uid))
    throw new Error(`dashboard ${uid}: the uid must have 8 to 40 of the characters a-z, 0-9 and '-'`);
  const builder = new DashboardBuilder(title)
    .id(null)
    .uid(uid)
    .description(description)
    .tags([commonTag, ...tags])
    .timezone("browser")
    .time({ from: `now-${hours}h`, to: "now" })
    .refresh("30s")
    .tooltip(DashboardCursorSync.Crosshair)
    .link(otherDashboards())
    .withVariable(dataSourceVariable())
    .withVariable(namespaceVariable(namespaces));
  placed(dashboard).forEach((item, index) => {
    const [id, { place }] = [index + 1, item];
    if ("heading" in item) builder.withRow(new RowBuilder(item.heading).id(id).gridPos({ ...place }));
    else builder.withPanel({ build: () => grafanaPanel(item.panel, id, place) });
  });
  return builder.build();
}

/** Returns the JSON as text, as it is written into files and ConfigMaps. */
export const dashboardText = (dashboard: Dashboard): string =>
  `${JSON.stringify(grafanaDashboard(dashboard), undefined, 2)}\n`;

/** Returns the name of a dashboard's file. */
export const dashboardFile = ({ uid }: Pick<Dashboard, "uid">): string => `${uid}.json`;

const otherDashboards = () =>
  new DashboardLinkBuilder("Dashboards")
    .type(DashboardLinkType.Dashboards)
    .tags([commonTag])
    .asDropdown(true)
    .keepTime(true);
