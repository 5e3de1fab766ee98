/** Page of the history: its parts, what it says, and that nothing of a report can break it. */
import { dueOn } from "../../../../drills/history/due";
import { evidenceOf } from "../../../../drills/history/evidence";
import { page } from "../../../../drills/history/page";
import type { Records } from "../../../../drills/history/records";
import type { Report } from "../../../../drills/report";
import { StackSettings } from "../../../../drills/stack-settings";
import { commit, drillReport, systemReport } from "../../../support/drill-report";

const now = new Date("2026-12-01T12:00:00Z");
const stack = (config: Readonly<Record<string, unknown>>) => new StackSettings("local", { config });

function drawn(reports: readonly Report[], settings = stack({}), more: Partial<Records> = {}) {
  const finished = reports.map((report, index) => ({ file: `reports/${index} a/report.json`, sha256: "ab", report }));
  const records = { finished, unfinished: [], leftOut: [], ...more };
  const due = dueOn(settings, records, now);
  return page({ records, evidence: evidenceOf(records), due, now }, `${process.cwd()}/reports/drills.html`);
}

/** Text without tags, styles and the titles of pictures. */
const textOf = (html: string) =>
  html
    .replace(/<(style|title|svg)[^]*?<\/\1>/g, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

test("without a drill the page says so", () =>
  expect(textOf(drawn([]))).toBe(
    "Drills 0 finished, 0 not finished. Written at 2026-12-01 12:00 UTC . Missed and overdue " +
      "Newest drills that missed an objective, failed, or are not finished: 0. " +
      "No drill is due: runsheet:drills.every names none. RTO and RPO over time There is no report of a finished drill. " +
      "All drills All drills, the newest first; one line for each system. What was promised is in brackets. " +
      "Began Scenario System Stack Result RTO RPO Rows lost Report Took Run by Commit Restored from Verified, or error",
  ));

test("a drill is a line of the table with its evidence and a link", () => {
  const html = drawn([drillReport()]);
  expect(textOf(html)).toMatch(
    new RegExp(
      "2026-11-27 10:00 UTC point-in-time prism local met 60.5 s \\(60 min 0 s\\) 0.0 s \\(15 min 0 s\\) 0 of 100 report " +
        `2 min 0 s octocat ${commit.slice(0, 12)} archive of base backups and WAL, prism-1, ` +
        "2026-11-27T09:59:59.000Z The rows were counted.$",
    ),
  );
  expect(html).toContain(
    '<a href="0%20a/report.md" aria-label="report of point-in-time on prism, 2026-11-27T10:00:00.000Z">report</a>',
  );
});

test("each figure of each system is a chart with a name, the oldest drill first", () => {
  const missed = systemReport({ rto: 4000, rpo: Infinity });
  const html = drawn([drillReport({ systems: [missed] }), drillReport({ started: "2026-10-27T10:00:00.000Z" })]);
  expect([...html.matchAll(/<svg role="img" aria-label="([^"]*)"/g)].map(([, name]) => name)).toEqual([
    "point-in-time, stack local: prism, RTO: 2 drills, 1 missed; last 66 min 40 s of 60 min 0 s",
    "point-in-time, stack local: prism, RPO: 2 drills, 1 missed; last unknown of 15 min 0 s",
  ]);
  expect(textOf(html)).toContain("prism, RTO : 2 drills, 1 missed; last 66 min 40 s of 60 min 0 s");
  // The colours are those of the page, light or dark.
  expect(html).toContain('fill="var(--bad)"');
  expect(html.replaceAll(/<clipPath[^]*?<\/clipPath>/g, "")).not.toMatch(/(fill|stroke)="#/);
});

test("what is missed, overdue, not possible and left out stands first", () => {
  const settings = stack({
    "runsheet:systems": ["prism", "pm", "mued"],
    "runsheet:drills": { every: { "point-in-time": 30 } },
    "pm:postgres": { engine: "existing" },
  });
  const unfinished = [
    {
      ...{
        file: "reports/b/progress.json",
        stack: "local",
        system: "pm",
        scenario: "failover",
        runs: [],
        step: "kill",
      },
      started: "2026-11-29T08:00:00.000Z",
    },
  ];
  const leftOut = [{ file: "reports/c/report.json", reason: "it is not JSON" }];
  const text = textOf(
    drawn([drillReport({ systems: [systemReport({ rpo: 901 })] })], settings, { unfinished, leftOut }),
  );
  expect(text).toContain(
    "failed, or are not finished: 2. failover on pm of the stack local: not finished , 2026-11-29 08:00 UTC " +
      "point-in-time on prism of the stack local: missed RPO 15 min 1 s of 15 min 0 s , 2026-11-27 10:00 UTC " +
      "Overdue: 2 of 3. point-in-time on prism of the stack local, every 30 days: it never succeeded " +
      "point-in-time on mued of the stack local, every 30 days: it never succeeded " +
      "Cannot be run, and are not due. point-in-time on pm of the stack local, every 30 days: it cannot be run: " +
      "the database of pm exists without the stack local: this drill is for databases that the stack makes " +
      "Files that are left out. reports/c/report.json: it is not JSON RTO and RPO",
  );
});

test("a later drill that met its objectives takes the place of one that missed", () => {
  const missed = drillReport({ started: "2026-10-27T10:00:00.000Z", systems: [systemReport({ rpo: 901 })] });
  expect(textOf(drawn([drillReport(), missed]))).toContain("or are not finished: 0.");
});

test("a text of a report is no HTML", () => {
  const evil = '<script>alert("x")</script>';
  const html = drawn([
    drillReport({
      ...{ stack: evil, scenario: evil },
      runs: [{ began: "2026-11-27T10:00:00.000Z", by: evil, byFrom: "git" }],
      systems: [systemReport({ system: evil, verified: [evil], restoredFrom: { kind: evil } })],
    }),
  ]);
  expect(html).not.toContain("<script");
  expect(html).toContain("&lt;script&gt;");
});

test("the page needs no network and no script", () => {
  const html = drawn([drillReport()]);
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(html.replaceAll(/xmlns(:xlink)?="[^"]*"/g, "")).not.toMatch(/https?:|<script|<link|url\(http/);
});
