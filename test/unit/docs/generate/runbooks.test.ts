/** Documents of docs/runbooks: every alert's link leads to a heading, and every link in them to a file and a heading. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { alertingRule, anchorOf, type AlertingRule } from "../../../../components/monitoring/alert-rules";
import { promises } from "../../../../docs/generate/alerts";
import { commandAlerts } from "../../../../components/monitoring/command-alerts";
import { platformPage } from "../../../../components/monitoring/platform-alerts";
import { systemRuleGroups, type SystemAlerts } from "../../../../components/monitoring/system-rules";
import { everySystem } from "../../../../runbook/advice/every-system";
import { ofSystems } from "../../../../runbook/advice/of-systems";
import { names } from "../../../../systems";
import { systemAlerts } from "../../../../systems/alerts";

const root = join(__dirname, "../../../..");
const url = "https://git.example.com/runsheet/blob/main";
const none: SystemAlerts = { channels: { critical: [], warning: [], info: [] }, alerts: [] };

/** Text of a document without its code. */
const wordsIn = (file: string) => readFileSync(file, "utf8").replaceAll(/^(`{3,}).*\n[^]*?^\1$/gm, "");

/** Anchors of a document's headings. */
const anchorsIn = (file: string) =>
  wordsIn(file)
    .split("\n")
    .flatMap((line) => /^#+ (.+)$/.exec(line)?.slice(1) ?? [])
    .map(anchorOf);

/** Alerting rules of a system, with either database. One that Runsheet does not know has those of every system. */
const rulesOf = (system: string): AlertingRule[] =>
  (["cloudnativepg", "postgres_exporter"] as const).flatMap((database) =>
    systemRuleGroups(systemAlerts[system]?.(system) ?? none, {
      ...{ system, namespace: system, database, runbookBaseUrl: url },
    }).flatMap(({ rules }) => rules.filter((rule) => "alert" in rule)),
  );

/** Links of rules that lead to no heading. */
const lostLinks = (rules: readonly AlertingRule[]): string[] =>
  rules
    .map(({ annotations }) => annotations.runbook_url!)
    .filter((link) => {
      const [file, anchor] = link.slice(url.length + 1).split("#") as [string, string];
      return !existsSync(join(root, file)) || !anchorsIn(join(root, file)).includes(anchor);
    });

test.each([...names, "sixth"])("the link of each alert of %s leads to a heading that is there", (system) => {
  const rules = rulesOf(system);
  expect(rules.length).toBeGreaterThan(30);
  expect(lostLinks(rules)).toEqual([]);
});

test("so does the link of each alert on drift and drills", () => {
  const args = { system: "pm", namespace: "pm", channels: none.channels, runbookBaseUrl: url, page: platformPage };
  const rules = commandAlerts("pm", promises).map((alert) => alertingRule(alert, args));
  expect(rules).toHaveLength(4);
  expect(lostLinks(rules)).toEqual([]);
});

test("each advice is on an alert that there is", () => {
  const promised = commandAlerts("", promises).map(({ name }) => name);
  const alertsOf = (system: string) => new Set([...rulesOf(system).map(({ alert }) => alert), ...promised]);
  const advised = [
    ...Object.keys(everySystem).map((name) => ["sixth", name] as const),
    ...Object.entries(ofSystems).flatMap(([system, all]) => Object.keys(all).map((name) => [system, name] as const)),
  ];
  expect(advised.filter(([system, name]) => !alertsOf(system).has(name))).toEqual([]);
});

const directory = join(root, "docs/runbooks");
test.each(readdirSync(directory))("the links in %s lead somewhere, and no heading is there twice", (file) => {
  const text = wordsIn(join(directory, file)).replace(/\s+/g, " ");
  const links = [...text.matchAll(/\]\(([^)#]*)(?:#([^)]+))?\)/g)].map(([, path, anchor]) => ({
    path: path || file,
    anchor,
  }));
  expect(links.length).toBeGreaterThan(0);
  const lost = links.filter(({ path, anchor }) => {
    const target = join(directory, path);
    return !existsSync(target) || (anchor !== undefined && !anchorsIn(target).includes(anchor));
  });
  expect(lost).toEqual([]);
  const anchors = anchorsIn(join(directory, file));
  expect(new Set(anchors).size).toBe(anchors.length);
});
