/** Pictures of the dashboards from the data of a Prometheus, without Grafana. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { stackDashboards } from "../../systems/dashboards";
import { Misuse, optionsOnly } from "../../command-line";
import { commonHelp, namespaces, parse } from "../arguments";
import { answered, unanswered } from "./answers";
import { withBrowser } from "./browser";
import { page, pageWidth } from "./page";
import { Prometheus } from "./prometheus";

const usualDirectory = join(__dirname, "..", "..", "reports", "dashboards");

export const help = `Draws the dashboards from the data of a Prometheus, without Grafana, in Debian's Chromium.

  npm run dashboards:pictures -- --prometheus URL [--minutes N] [--only UID]... [--namespace SYSTEM=NAMESPACE]...

  --prometheus URL  address of the Prometheus, such as http://127.0.0.1:9090
  --minutes N       period until now. Default: that of each dashboard
  --only UID        only this dashboard, and so on for further ones. Default: all
${commonHelp}

The pictures are written into reports/dashboards/. Queries that returned nothing are listed; the exit code is then 1.`;

/** Draws the pictures, and says so on `print`. Returns whether every query had an answer. */
export async function draw(
  typed: readonly string[],
  print: (line: string) => void,
  directory = usualDirectory,
): Promise<boolean> {
  const { url, minutes, dashboards } = readArguments(typed);
  mkdirSync(directory, { recursive: true });
  const prometheus = new Prometheus(url);
  const to = Math.floor(Date.now() / 1000);
  let complete = true;
  await withBrowser(pageWidth, async (take) => {
    for (const dashboard of dashboards) {
      const period = { from: to - (minutes ?? (dashboard.hours ?? 6) * 60) * 60, to };
      const panels = await answered(dashboard, prometheus, period);
      const file = join(directory, `${dashboard.uid}.png`);
      await take(page(dashboard, panels, period), file);
      print(`${file}  ${dashboard.title}`);
      for (const query of unanswered(panels)) {
        complete = false;
        print(`  nothing: ${query}`);
      }
    }
  });
  return complete;
}

/** @throws Misuse with the error and the possible values */
export function readArguments(typed: readonly string[]) {
  const { values, positionals } = parse(typed, {
    prometheus: { type: "string" },
    minutes: { type: "string" },
    only: { type: "string", multiple: true, default: [] },
  });
  const { prometheus: url, only } = values;
  optionsOnly(positionals);
  if (url === undefined || !/^https?:\/\/[^/]/.test(url))
    throw new Misuse(`--prometheus ${url ?? "is missing"}: expected an address such as http://127.0.0.1:9090`);
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  if (minutes !== undefined && !(minutes > 0))
    throw new Misuse(`--minutes ${values.minutes}: expected a number above 0`);
  const all = stackDashboards(namespaces(values.namespace));
  const unknown = only.find((uid) => !all.some((dashboard) => dashboard.uid === uid));
  if (unknown !== undefined)
    throw new Misuse(`--only ${unknown}: expected one of ${all.map(({ uid }) => uid).join(", ")}`);
  return { url, minutes, dashboards: only.length > 0 ? all.filter(({ uid }) => only.includes(uid)) : all };
}
