/** Loss of a region, on paper: it says what is missing, and claims nothing. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { history } from "../../../../drills/history";
import { region } from "../../../../drills/region";
import { needsOf } from "../../../../drills/region/paper";
import { StackSettings } from "../../../../drills/stack-settings";
import { DrillsOnRecord } from "../../../support/drills-on-record";

const config = {
  "runsheet:context": "eu-1",
  "runsheet:systems": ["pm", "ai-backend"],
  "runsheet:backups": { bucket: "backups", region: "eu-west-1" },
  "pm:postgres": { engine: "cloudnativepg" },
  "pm:redis": { engine: "kubernetes" },
  "pm:ingress": { host: "pm.example" },
  "ai-backend:postgres": { engine: "existing" },
};
let project: DrillsOnRecord;
let printed: string;
beforeEach(() => {
  project = new DrillsOnRecord().stack("eu", config);
  printed = "";
});
afterEach(() => project.remove());

const now = new Date("2026-12-01T10:00:00Z");
const run = (...typed: string[]) =>
  region(typed, { root: project.root, backend: undefined, now, print: (text) => (printed += text) });

test("what is there, missing and not known is told apart", () => {
  const needs = needsOf(new StackSettings("eu", { config }), "s3://state");
  expect(needs.map(({ what, state }) => `${state}: ${what}`)).toEqual([
    "there: Backups",
    "missing: A copy of the backups in another region",
    "missing: A cluster in another region",
    "not known: Pulumi's state and passphrase, outside of the region",
    "there: pm: the database",
    "missing: pm: Redis",
    "missing: pm: Neo4j",
    "missing: pm: DNS of pm.example",
    "not known: ai-backend: the database",
    "missing: ai-backend: models",
  ]);
});

test("without backups nothing can be brought back", () => {
  const needs = needsOf(new StackSettings("eu", { config: { ...config, "runsheet:backups": undefined } }), "file:///s");
  expect(needs.filter(({ state }) => state === "there")).toEqual([]);
  expect(needs[0]).toEqual({
    ...{ what: "Backups", state: "missing", why: "runsheet:backups is not set: dumps stay in the cluster" },
  });
});

test("a value that is only marked is not there", () => {
  const marked = { ...config, "runsheet:backups": { bucket: "<bucket for dumps>" } };
  expect(needsOf(new StackSettings("eu", { config: marked }), undefined)[0]).toEqual({
    ...{ what: "Backups", state: "missing", why: "runsheet:backups.bucket is not filled in" },
  });
});

test("the report is marked as on paper, and counts as no drill", () => {
  expect(run("--stack", "eu")).toBe(true);
  const [file] = readdirSync(join(project.root, "reports"));
  expect(file).toBe("eu-region-on-paper-20261201T100000Z.md");
  const text = readFileSync(join(project.root, "reports", file!), "utf8");
  expect(text).toContain(
    "**On paper: nothing was run, nothing was restored, and no RTO or RPO was measured.** Stack eu, 2026-12-01T10:00:00.000Z.",
  );
  expect(printed).toContain("Missing: 6. Not known from the configuration: 2. There: 2.");
  const notes: string[] = [];
  let json = "";
  history(
    { from: [], format: "json", stack: "eu" },
    { root: project.root, print: (out) => (json += out), note: (note) => notes.push(note), now },
  );
  expect((JSON.parse(json) as { drills: object[]; leftOut: object[] }).drills).toEqual([]);
  expect((JSON.parse(json) as { leftOut: object[] }).leftOut).toEqual([]);
});

test("help is printed, and nothing is written", () => {
  expect(run("--help")).toBe(false);
  expect(printed).toContain("Says what a stack would need to survive the loss of its region");
});

test("a wrong argument is refused", () => expect(() => run("mars")).toThrow("region takes no mars: see region --help"));
