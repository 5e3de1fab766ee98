/** Report of a deployment. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportPage } from "../../../../deployments/page/html";
import { pageOf } from "../../../../deployments/page/page";
import { readReports, writeReport } from "../../../../deployments/report/files";
import { markdown } from "../../../../deployments/report/markdown";
import { reportOf } from "../../../../deployments/report/report";
import { usualOf } from "../../../../deployments/usual";
import { courseOf, deploymentOf, eventsOf, upTo } from "../../../support/deployment/recorded";

const run = { began: "2026-12-01T10:00:00.000Z", by: "Ada", byFrom: "git" as const, commit: "abc", clean: false };
const now = new Date("2026-12-01T12:00:00Z");
const failed = reportOf("org/test", deploymentOf("failed"), run, now);

const directory = mkdtempSync(join(tmpdir(), "runsheet-reports-"));
afterAll(() => rmSync(directory, { recursive: true }));

test("who, when, what commit, from what to what, and what each step did", () => {
  expect(failed).toMatchObject({ version: 1, stack: "org/test", result: "failed", run });
  const [, shop] = failed.systems;
  expect(shop).toMatchObject({ name: "shop", title: "Shop: Deployment", release: { from: "1.1", to: "1.2" } });
  expect(shop!.steps.map(({ name, state }) => [name, state])).toEqual([
    ["environment", "unchanged"],
    ["secrets", "unchanged"],
    ["maintenance-on", "done"],
    ["migrate", "failed"],
    ["cron", "empty"],
    ["verify", "left"],
    ["maintenance-off", "left"],
  ]);
  expect(shop!.steps[3]!.work.map(({ kind, name, operation }) => [kind, name, operation])).toEqual([
    ["Job", "shop-migrate", "replace"],
    ["ConfigMap", "shop-broken", "create"],
  ]);
});

test("as Markdown it has a table of the steps, what changed, and the errors", () => {
  const text = markdown(failed);
  expect(text).toMatch(/^# Deployment of org\/test\n\nFailed\. 2026-12-01T\S+ to 2026-12-01T\S+, \d+ s\. /);
  expect(text).toContain("Started by Ada (git), commit abc with changes. Resources: 4 replaced, 3 unchanged.");
  expect(text).toContain("## Shop: Deployment\n\nRelease 1.1 -> 1.2.\n\n| step | state | took |");
  expect(text).toMatch(/\| Database Migrations \| \*\*failed\*\* \| [23] s \|\n\| Cron Jobs \| nothing to do \| {2}\|/);
  expect(text).toContain("**Database Migrations**\n\n- replace Job `shop-migrate`\n- create ConfigMap `shop-broken`");
  expect(text).toContain("`shop-broken`:\n\n```text\nfailed to write YAML file");
});

test("its files are for their owner only, and none is half written", () => {
  const files = writeReport(directory, failed, "<p>the page</p>");
  const name = `org-test-${failed.ended.slice(0, 19).replaceAll(":", "-")}Z`;
  expect(files).toEqual(["html", "md", "json"].map((extension) => join(directory, `${name}.${extension}`)));
  for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(files[0]!, "utf8")).toBe("<p>the page</p>");
  expect(readdirSync(directory)).toHaveLength(3);
});

test("the reports of a stack are read from the oldest on, and what is none is left out", () => {
  const done = reportOf("org/test", deploymentOf("release"), undefined, now);
  writeReport(directory, done, "");
  writeReport(directory, { ...done, stack: "org-test" }, "");
  writeFileSync(join(directory, "org-test-2026-01-01T00-00-00Z.json"), "{");
  expect(readReports(directory, "org-test").map(({ stack }) => stack)).toEqual(["org-test"]);
  rmSync(join(directory, `org-test-${done.ended.slice(0, 19).replaceAll(":", "-")}Z.json`));
  expect(readReports(directory, "org/test").map(({ result }) => result)).toEqual(["failed"]);
  expect(readReports(join(directory, "none"), "org/test")).toEqual([]);
});

test("what is usual is the median of the last five deployments in which a step worked", () => {
  const report = reportOf("test", deploymentOf("release"), undefined, now);
  const taking = (seconds: number, state: "done" | "failed" = "done") => ({
    ...report,
    systems: [
      {
        ...report.systems[0]!,
        name: "shop",
        steps: [{ ...report.systems[0]!.steps[0]!, name: "migrate", state, seconds }],
      },
    ],
  });
  const reports = [
    taking(1000),
    taking(100),
    taking(300),
    taking(9000, "failed"),
    taking(200),
    taking(500),
    taking(400),
  ];
  expect(usualOf(reports, [])("shop", "migrate")).toBe("usually 5 min 0 s");
  expect(usualOf([taking(10), taking(20)], [])("shop", "migrate")).toBe("usually 15 s");
});

test("the page of a report has neither a script nor the log of a task", async () => {
  const events = eventsOf("release");
  const course = courseOf("release", events.slice(0, upTo(events, "shop-migrate", "begins")));
  const { tasks } = course.deployment(0);
  course.hasEnded();
  const deployment = course.deployment(0);
  const page = reportPage(
    await pageOf({ stack: "test", deployment, logs: new Map(tasks.map(({ job }) => [job, "a line"])) }),
  );
  expect(tasks).not.toEqual([]);
  expect(page).not.toMatch(/<script|a line|data-since|href="\/|src=/);
  expect(page).toContain("Interrupted: it was killed, or has lost its machine");
});
