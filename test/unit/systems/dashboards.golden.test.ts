/** The golden files of the dashboards' JSON. `npm run golden` regenerates them. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dashboardFile, dashboardText } from "../../../components/monitoring/dashboard-json";
import { stackDashboards, usualNamespaces } from "../../../systems/dashboards";

const directory = join(__dirname, "..", "..", "golden", "dashboards");
const files = Object.fromEntries(
  stackDashboards(usualNamespaces).map((dashboard) => [dashboardFile(dashboard), dashboardText(dashboard)]),
);

beforeAll(() => {
  if (!process.env.UPDATE_GOLDEN) return;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
});

test("there is a golden file for each dashboard", () => {
  expect(readdirSync(directory)).toEqual(Object.keys(files).sort());
});

test.each(Object.keys(files))("%s is what Grafana gets", (name) => {
  expect(files[name]).toBe(readFileSync(join(directory, name), "utf8"));
});
