/** Files of the dashboards, for a Grafana without the sidecar. */
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dashboardFile, dashboardText } from "../components/monitoring/dashboard-json";
import { stackDashboards } from "../systems/dashboards";
import { Misuse } from "../command-line";
import { commonHelp, namespaces, parse } from "./arguments";

export const help = `Writes the dashboards of the systems and of the platform as JSON, for a Grafana without the sidecar.

  npm run dashboards -- DIRECTORY [--namespace SYSTEM=NAMESPACE]...

  DIRECTORY         an existing directory, such as that of a dashboard provider of Grafana. Files with the same names
                    are replaced
${commonHelp}`;

/**
 * Writes the files, and says so on `print`.
 * @param typed arguments of the command
 * @throws Misuse if the command line is wrong, or if there is no such directory
 */
export function write(typed: readonly string[], print: (line: string) => void): void {
  const { values, positionals } = parse(typed, {});
  const [directory, ...more] = positionals;
  if (directory === undefined || more.length > 0) throw new Misuse("expected one directory");
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    throw new Misuse(`${directory}: there is no such directory; make it first`);
  const dashboards = stackDashboards(namespaces(values.namespace));
  for (const dashboard of dashboards) {
    const file = join(directory, dashboardFile(dashboard));
    writeFileSync(file, dashboardText(dashboard));
    print(`${file}  ${dashboard.title}`);
  }
  print(`Wrote ${dashboards.length} dashboards.`);
}
