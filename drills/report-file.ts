/** File report.json of a drill, of this version and of earlier ones. */
import { z } from "zod";
import { reportVersion, type Report } from "./report";

// JSON has no infinity.
const orUnknown = z
  .number()
  .nullable()
  .transform((seconds) => seconds ?? Infinity);
const moment = z.iso.datetime();
const objectives = z.object({ rto: z.number(), rpo: z.number() });

const loss = z.object({
  acknowledged: z.number(),
  survived: z.number(),
  lost: z.number(),
  doubled: z.number(),
  rpoSeconds: orUnknown,
});
const measured = { system: z.string().min(1), rto: z.number(), rpo: orUnknown, loss };
const systemReport = z.object({
  ...measured,
  promised: objectives,
  rows: z
    .object({
      begin: z.number(),
      seconds: z.number(),
      acknowledged: z.array(z.number()),
      lost: z.array(z.number()),
    })
    .optional(),
  restoredFrom: z
    .object({
      kind: z.string(),
      name: z.string().optional(),
      time: z.string().optional(),
      sha256: z.string().optional(),
    })
    .optional(),
  verified: z.array(z.string()),
});

const step = z.object({ title: z.string(), begin: z.number(), end: z.number(), error: z.string().optional() });
const common = {
  scenario: z.string().min(1),
  title: z.string(),
  stack: z.string().min(1),
  started: moment,
  steps: z.array(step),
  disaster: z.number(),
  recovered: z.number(),
  notes: z.array(z.string()),
};

/** Run of a drill, in a report and in a progress. */
export const run = z.object({
  began: moment,
  by: z.string(),
  byFrom: z.enum(["GITHUB_ACTOR", "GITLAB_USER_LOGIN", "git", "operating system"]),
  commit: z.string().optional(),
  clean: z.boolean().optional(),
});
const current = z.object({
  ...common,
  version: z.literal(reportVersion),
  ended: moment,
  runs: z.array(run),
  systems: z.array(systemReport).min(1),
});

/** Reports without a version: one pair of objectives for all systems, and no evidence. */
const first = z
  .object({ ...common, promised: objectives, systems: z.array(z.object(measured)).min(1) })
  .transform(({ promised, systems, ...report }): Report => {
    const seconds = Math.max(report.recovered, ...report.steps.map(({ end }) => end));
    return {
      ...report,
      version: 1,
      ended: new Date(Date.parse(report.started) + seconds * 1000).toISOString(),
      runs: [],
      systems: systems.map((system) => ({ ...system, promised, verified: [] })),
    };
  });

/** Formats a report as the text of its file. */
export const reportText = (report: Report): string => `${JSON.stringify(report, null, 2)}\n`;

/**
 * Reads the text of a report's file.
 * @throws Error with the first thing that is wrong
 */
export function readReport(text: string): Report {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("it is not JSON");
  }
  const { version } = z.object({ version: z.unknown() }).catch({ version: undefined }).parse(value);
  if (typeof version === "number" && version > reportVersion)
    throw new Error(`its version is ${version}, and this Runsheet reads up to ${reportVersion}: use a later one`);
  const result = (version === undefined ? first : current).safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue!.path.length > 0 ? `${issue!.path.join(".")}: ` : "";
  throw new Error(`it is no report of a drill: ${where}${issue!.message}`);
}
