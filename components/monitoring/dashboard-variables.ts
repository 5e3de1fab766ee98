/** Variables of a dashboard, and their values in a query. */
import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  type VariableOption,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dashboard } from "./dashboard";

/** Reference to the Prometheus that is chosen in the dashboard. */
export const dataSource = { type: "prometheus", uid: "${datasource}" };

/** Time between two scrapes, in seconds: that of the Prometheus which the stack installs. Grafana would assume 15. */
export const scrapeSeconds = 30;

/** Choice of a Prometheus. Grafana's default one is chosen at first. */
export const dataSourceVariable = (): DatasourceVariableBuilder =>
  new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus");

/** Choice of namespaces. People can type others, for a stack with other namespaces. */
export function namespaceVariable(namespaces: Dashboard["namespaces"]): CustomVariableBuilder {
  const [first, ...more] = namespaces;
  const several = more.length > 0;
  const builder = new CustomVariableBuilder("namespace")
    .label("Namespace")
    .values(namespaces.join(","))
    .multi(several)
    .includeAll(several)
    .allowCustomValue(true);
  const all: VariableOption = { selected: true, text: ["All"], value: ["$__all"] };
  return builder.current(several ? all : { selected: true, text: first, value: first });
}

/** Period of a query, in Unix time in seconds. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/**
 * Replaces Grafana's variables in an expression, for a Prometheus that is asked without Grafana.
 * @param step distance of two values, in seconds. Default: 60
 * @param scrapeInterval time between two scrapes, in seconds. Default: 30
 */
export function interpolated(
  expression: string,
  namespaces: readonly string[],
  { from, to }: Period,
  step = 60,
  scrapeInterval = scrapeSeconds,
): string {
  const values: Record<string, string> = {
    namespace: namespaces.length === 1 ? namespaces[0]! : `(${namespaces.join("|")})`,
    // As Grafana calculates it: four scrapes at least, so that each rate has two samples.
    __rate_interval: `${Math.ceil(Math.max(step + scrapeInterval, 4 * scrapeInterval))}s`,
    __range: `${Math.round(to - from)}s`,
    __from: String(Math.round(from * 1000)),
    __to: String(Math.round(to * 1000)),
  };
  return expression.replace(/\$([a-z_]\w*)/g, (variable, name: string) => values[name] ?? variable);
}
