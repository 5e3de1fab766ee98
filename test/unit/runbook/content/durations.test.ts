import { jobTook, stepTook } from "../../../../runbook/content/durations";
import type { Resource } from "../../../../runbook/source/graph";

const at = (time: string) => `2026-11-30T${time}Z`;

const made = (modified?: string): Resource => ({
  ...{ urn: "x", type: "kubernetes:apps/v1:Deployment", name: "x", inputs: {}, outputs: {} },
  ...(modified !== undefined && { modified: at(modified) }),
});

/** A Job that the state knows from its end on. */
const job = (from: string, to?: string): Resource => ({
  ...made(to ?? from),
  outputs: { status: { startTime: at(from), ...(to !== undefined && { completionTime: at(to) }) } },
});

test("Jobs that ran at the same time count once", () => {
  const jobs = [job("10:00:00", "10:01:00"), job("10:00:30", "10:01:30"), job("11:00:00", "11:00:10")];
  expect(stepTook(jobs, [])).toBe("its tasks ran 100 s; ready 2026-11-30 11:00 UTC");
});

test("a step took at most the time since those before it, its Jobs a part of it", () => {
  expect(stepTook([job("10:01:00", "10:02:00"), made("10:05:00")], [made("10:00:00")])).toBe(
    "at most 5 min 0 s, of which its tasks ran 60 s; ready 2026-11-30 10:05 UTC",
  );
});

test("a Job of an earlier deployment does not count", () => {
  const jobs = [job("08:00:00", "08:30:00"), job("10:00:10", "10:00:20")];
  expect(stepTook(jobs, [made("10:00:00")])).toBe(
    "at most 20 s, of which its tasks ran 10 s; ready 2026-11-30 10:00 UTC",
  );
});

test("a Job that has not ended has no duration", () => {
  expect(jobTook(job("10:00:00"))).toBeUndefined();
  expect(jobTook(job("10:00:00", "12:10:59"))).toBe("2 h 10 min, ended 2026-11-30 12:10 UTC");
});

test("a step without Jobs took at most the time since the steps before it", () => {
  expect(stepTook([made("10:00:40"), made("10:05:00")], [made("10:00:00")])).toBe(
    "at most 5 min 0 s; ready 2026-11-30 10:05 UTC",
  );
});

test("a step that is older than those before it tells only when it was ready", () => {
  expect(stepTook([made("10:00:00")], [made("11:00:00")])).toBe("not known; ready 2026-11-30 10:00 UTC");
});

test("a day after the steps before it nobody knows how long it took", () => {
  const before = { ...made(), modified: "2026-11-29T09:00:00Z" };
  expect(stepTook([job("10:00:00", "10:00:05")], [before])).toBe("its tasks ran 5 s; ready 2026-11-30 10:00 UTC");
});

test("without a state nothing is known", () => {
  expect(stepTook([made()], [made()])).toBeUndefined();
});
