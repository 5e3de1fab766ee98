/** Commands `history` and `due`: what they write, print and say. */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import parsePrometheus from "parse-prometheus-text-format";
import { due, history } from "../../../../drills/history";
import { commandAlerts } from "../../../../components/monitoring/command-alerts";
import { DrillsOnRecord } from "../../../support/drills-on-record";
import { scenarioNames } from "../../../../stack/drills";
import { commit, drillReport, firstReport, systemReport } from "../../../support/drill-report";

let project: DrillsOnRecord;
let printed: string;
let notes: string[];

beforeEach(() => {
  project = new DrillsOnRecord().stack("local", {
    "runsheet:drills": { every: { "point-in-time": 30 } },
    "runsheet:systems": ["prism", "pm"],
    "runsheet:namespacePrefix": "eu-",
  });
  [printed, notes] = ["", []];
});
afterEach(() => project.remove());

const surroundings = () => ({
  root: project.root,
  print: (text: string) => void (printed += text),
  note: (text: string) => void notes.push(text),
  now: new Date("2026-12-01T12:00:00Z"),
});
const path = (file: string) => relative(process.cwd(), join(project.root, file)).replaceAll("\\", "/");
const write = (args: Partial<Parameters<typeof history>[0]>) =>
  history({ from: [], format: "html", ...args }, surroundings());
const failed = "local-prism-point-in-time-20261128T080000Z";
const progress = JSON.stringify({
  started: Date.UTC(2026, 10, 28, 8),
  runs: [{ began: "2026-11-28T08:00:00.000Z", by: "ada", byFrom: "git", commit, clean: false }],
  steps: [{ title: "restore", begin: 0, end: 1, error: "no backup\nat all" }],
  results: {},
});

test("the page is written, and what is missed, overdue and left out is said", () => {
  project.report("prism-1", drillReport()).report("stack-1", JSON.stringify(firstReport)).report("broken", "{");
  write({});
  expect(printed).toBe("");
  expect(notes).toEqual([
    `left out ${path("reports/broken/report.json")}: it is not JSON`,
    "lost-cluster on prism of the stack local: missed RPO unknown of 15 min 0 s",
    "overdue: point-in-time on pm of the stack local, every 30 days: it never succeeded",
    `The history: ${join(project.root, "reports/drills.html")}`,
  ]);
  expect(readFileSync(join(project.root, "reports/drills.html"), "utf8")).toContain("<h1>Drills</h1>");
});

test("the JSON has the evidence of each drill and system", () => {
  project.report("prism-1", drillReport()).file(`reports/${failed}/progress.json`, progress);
  write({ format: "json" });
  const { version, written, drills, due, leftOut } = JSON.parse(printed) as Record<string, unknown>;
  expect({ version, written, leftOut }).toEqual({ version: 1, written: "2026-12-01T12:00:00.000Z", leftOut: [] });
  const recorded = {
    ...{ stack: "local", scenario: "point-in-time", system: "prism" },
    ...{ runByFrom: "git", commit },
  };
  expect(drills).toEqual([
    {
      ...{ ...recorded, result: "failed", began: "2026-11-28T08:00:00.000Z" },
      ...{
        ended: "2026-11-28T08:00:01.000Z",
        seconds: 1,
        runBy: "ada",
        clean: false,
        restoredFrom: "not recorded",
        restoredName: "not recorded",
      },
      ...{ restoredTime: "not recorded", restoredSha256: "not recorded", verified: "not recorded" },
      ...{ rto: null, rtoPromised: null, rtoMet: null, rpo: null, rpoPromised: null, rpoMet: null },
      ...{ acknowledged: null, survived: null, lost: null, doubled: null, error: "restore: no backup" },
      ...{ version: null, file: path(`reports/${failed}/progress.json`), sha256: null },
    },
    {
      ...{ ...recorded, result: "met", began: "2026-11-27T10:00:00.000Z", ended: "2026-11-27T10:02:00.000Z" },
      ...{ seconds: 120, runBy: "octocat", runByFrom: "GITHUB_ACTOR", clean: true },
      ...{ restoredFrom: "archive of base backups and WAL", restoredName: "prism-1" },
      ...{ restoredTime: "2026-11-27T09:59:59.000Z", restoredSha256: "not recorded" },
      ...{ verified: "The rows were counted.", rto: 60.5, rtoPromised: 3600, rtoMet: true },
      ...{ rpo: 0, rpoPromised: 900, rpoMet: true, acknowledged: 100, survived: 100, lost: 0, doubled: 0 },
      ...{ error: null, version: 2, file: path("reports/prism-1/report.json") },
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    },
  ]);
  expect(due).toMatchObject([
    { system: "prism", lastSuccess: "2026-11-27T10:02:00.000Z", isOverdue: false },
    { system: "pm", isOverdue: true },
  ]);
});

test("the CSV has the same, and what an earlier version did not record says so", () => {
  project.report("stack-1", JSON.stringify(firstReport));
  write({ format: "csv", output: join(project.root, "drills.csv") });
  const [head, first, second, end] = readFileSync(join(project.root, "drills.csv"), "utf8").split("\r\n");
  expect(head).toBe(
    "stack,scenario,system,result,began,ended,seconds,runBy,runByFrom,commit,clean,restoredFrom,restoredName," +
      "restoredTime,restoredSha256,verified,rto,rtoPromised,rtoMet,rpo,rpoPromised,rpoMet,acknowledged,survived,lost," +
      "doubled,error,version,file,sha256",
  );
  const none = Array.from({ length: 5 }, () => "not recorded").join(",");
  expect(first).toMatch(
    new RegExp(
      "^local,lost-cluster,prism,missed,2026-10-01T08:00:00.000Z,2026-10-01T08:01:30.000Z,90,not recorded," +
        `not recorded,not recorded,,${none},60,3600,true,,900,false,5,0,5,0,,1,[^,]*/report.json,[0-9a-f]{64}$`,
    ),
  );
  expect(second).toMatch(/^local,lost-cluster,pm,met,/);
  expect(end).toBe("");
});

test("the metrics are those of the alerts, with 0 for what never succeeded", () => {
  const ended = "2026-11-27T10:02:00.000Z";
  project
    .report("old", drillReport({ ended }))
    .report("new", drillReport({ ended: "2026-11-28T10:00:00.000Z", systems: [systemReport({ rto: 9999 })] }))
    .report("removed", drillReport({ systems: [systemReport({ system: "mued" })] }))
    .report("foreign", drillReport({ stack: "production" }));
  write({ format: "prometheus", stack: "local" });
  const labels = (system: string) => ({
    ...{ namespace: `eu-${system}`, system, scenario: "point-in-time", stack: "local" },
  });
  const found = parsePrometheus(printed);
  expect(found).toEqual([
    {
      name: "runsheet_drill_last_success_timestamp_seconds",
      help: "Unix time of the last successful drill of a system.",
      type: "GAUGE",
      metrics: [
        { labels: labels("pm"), value: "0" },
        { labels: labels("prism"), value: String(Date.parse(ended) / 1000) },
      ],
    },
    {
      name: "runsheet_drill_last_result",
      help: "1 if the last drill succeeded within its limits, else 0.",
      type: "GAUGE",
      metrics: [{ labels: labels("prism"), value: "0" }],
    },
  ]);
  const asked = commandAlerts("", { drillDays: 35 }).flatMap(({ expr }) => /runsheet_drill_\w+/.exec(expr) ?? []);
  expect(found.map(({ name }) => name)).toEqual(asked);
});

test("a failed drill is the last result, and one that goes on is none", () => {
  project.report("prism-1", drillReport()).file(`reports/${failed}/progress.json`, progress);
  write({ format: "prometheus", stack: "local" });
  expect(printed).toMatch(/^runsheet_drill_last_result\{.*system="prism".*\} 0$/m);
  printed = "";
  project.file(`reports/${failed}/progress.json`, progress.replace(/,"error":"[^"]*"/, ""));
  write({ format: "prometheus", stack: "local" });
  expect(printed).toMatch(/^runsheet_drill_last_result\{.*system="prism".*\} 1$/m);
});

test("what is overdue is printed", () => {
  project.report("prism-1", drillReport());
  expect(due({ from: [], format: "html", stack: "local" }, surroundings())).toBe(true);
  expect(printed).toBe("overdue: point-in-time on pm of the stack local, every 30 days: it never succeeded\n");
});

test.each([
  [{ every: { "point-in-time": 30 } }, "no drill of the stack eu is overdue\n"],
  [{}, "no drill is due on the stack eu: runsheet:drills.every names none\n"],
])("with %j nothing is overdue, and that is said", (drills, text) => {
  project.stack("eu", { "runsheet:systems": ["prism"], "runsheet:drills": drills });
  project.report("prism-1", drillReport({ stack: "eu" }));
  expect(due({ from: [], format: "html", stack: "eu" }, surroundings())).toBe(false);
  expect(printed).toBe(text);
});

const wrong = { objectives: { prism: { rto: "soon" } }, every: { failover: 0, flood: 1 } };
const problems =
  'Pulumi.eu.yaml: runsheet:drills.objectives.prism.rto is "soon"; it must be a time such as 15m, in s, m or h; ' +
  "runsheet:drills.every.failover is 0; it must be at least 1; unknown key runsheet:drills.every.flood; the keys of " +
  `runsheet:drills.every are ${scenarioNames.join(", ")}`;

test("a wrong configuration is refused, and in the history of all stacks it is said", () => {
  project.stack("eu", { "runsheet:drills": wrong });
  expect(() => write({ stack: "eu" })).toThrow(new Error(problems));
  write({});
  expect(notes).toContain(problems);
});

test("a stack that has no file is refused", () =>
  expect(() => write({ stack: "mars" })).toThrow("--stack mars: there is no Pulumi.mars.yaml in the project"));
