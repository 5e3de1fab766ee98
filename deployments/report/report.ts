/** Report of a deployment: file reports/deployments/STACK-TIME.json. */
import { z } from "zod";
import { run } from "../../drills/report-file";
import type { Run } from "../../drills/timeline";
import type { Deployment, Step } from "../deployment";

export const reportVersion = 1;

const failure = z.object({ resource: z.string().optional(), message: z.string() });
const work = z.object({ kind: z.string(), name: z.string(), operation: z.string(), seconds: z.number().optional() });
const step = z.object({
  name: z.string(),
  title: z.string(),
  state: z.enum(["waiting", "running", "done", "unchanged", "empty", "failed", "left", "broken"]),
  began: z.iso.datetime().optional(),
  seconds: z.number().optional(),
  work: z.array(work),
  failures: z.array(failure),
});

const report = z.object({
  version: z.literal(reportVersion),
  stack: z.string().min(1),
  result: z.enum(["succeeded", "failed", "interrupted"]),
  /** Default: it was not recorded, since another Pulumi than that of `npm run up` was started. */
  run: run.optional(),
  began: z.iso.datetime(),
  ended: z.iso.datetime(),
  systems: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      release: z.object({ from: z.string().optional(), to: z.string().optional() }),
      steps: z.array(step),
    }),
  ),
  others: z.array(step),
  counts: z.record(z.string(), z.number()),
  failures: z.array(failure),
  warnings: z.array(failure),
});

export type Report = z.infer<typeof report>;

/**
 * Makes the report of a run that is over. Logs of tasks are no part of it.
 * @param run who started it. Default: not recorded
 */
export function reportOf(stack: string, deployment: Deployment, run: Run | undefined, now: Date): Report {
  const { state, began, ended, systems, others, counts, failures, warnings } = deployment;
  const iso = (time: number | undefined) => (time === undefined ? now : new Date(time)).toISOString();
  return report.parse({
    ...{ version: reportVersion, stack, result: state, run, began: iso(began), ended: iso(ended) },
    systems: systems.map(({ steps, ...system }) => ({ ...system, steps: steps.map(reported) })),
    ...{ others: others.map(reported), counts, failures, warnings },
  });
}

/**
 * Reads the text of a report's file.
 * @throws Error if it is none
 */
export const readReport = (text: string): Report => report.parse(JSON.parse(text));

function reported({ name, title, state, began, ended, work, failures }: Step) {
  const seconds = (from: number, to: number | undefined) => (to === undefined ? {} : { seconds: (to - from) / 1000 });
  return {
    ...{ name, title, state, failures },
    ...(began !== undefined && { began: new Date(began).toISOString(), ...seconds(began, ended) }),
    work: work.map((each) => ({
      ...{ kind: each.kind, name: each.name, operation: each.operation },
      ...seconds(each.began, each.ended),
    })),
  };
}
