/** Section of the page on what is missed and overdue. */
import { escaped } from "../../drawing/html";
import { duration } from "../duration";
import { dueText } from "./due";
import type { Evidence } from "./evidence";
import { listOf, timeOf } from "./html";
import type { History } from "./page";
import { pathOf } from "./records";

/** Returns the section. */
export function attentionSection({ evidence, due, records }: History): string {
  const bad = newestOf(evidence).filter(({ result }) => result !== "met");
  const overdue = due.filter(({ isOverdue }) => isOverdue);
  const unable = due.filter(({ isOverdue, unable }) => unable !== undefined && !isOverdue);
  return [
    "<h2>Missed and overdue</h2>",
    part(
      `Newest drills that missed an objective, failed, or are not finished: ${bad.length}`,
      bad.map((each) => `<span class="bad">${escaped(missedText(each))}</span>, ${timeOf(each.began)}`),
    ),
    part(
      due.length === 0
        ? "No drill is due: runsheet:drills.every names none"
        : `Overdue: ${overdue.length} of ${due.length}`,
      overdue.map((each) => `<span class="bad">${escaped(dueText(each))}</span>`),
    ),
    ...(unable.length > 0
      ? [
          part(
            "Cannot be run, and are not due",
            unable.map((each) => escaped(dueText(each))),
          ),
        ]
      : []),
    ...(records.leftOut.length > 0
      ? [
          part(
            "Files that are left out",
            records.leftOut.map(({ file, reason }) => escaped(`${pathOf(file)}: ${reason}`)),
          ),
        ]
      : []),
  ].join("\n");
}

/** Newest record of each stack, scenario and system. */
export function newestOf(evidence: readonly Evidence[]): Evidence[] {
  const newest = new Map<string, Evidence>();
  for (const each of evidence) {
    const key = [each.stack, each.scenario, each.system].join("\n");
    if (!newest.has(key)) newest.set(key, each);
  }
  return [...newest.values()];
}

/** Says of a drill that did not meet its objectives what is wrong. */
export function missedText({ stack, scenario, system, result, error, ...figures }: Evidence): string {
  const { rto, rtoPromised, rtoMet, rpo, rpoPromised, rpoMet } = figures;
  const of = `${scenario} on ${system} of the stack ${stack}`;
  if (result === "failed") return `${of}: failed: ${error}`;
  if (result === "unfinished") return `${of}: not finished`;
  const missed = [
    ...(rtoMet === false ? [`RTO ${duration(rto!)} of ${duration(rtoPromised!)}`] : []),
    ...(rpoMet === false ? [`RPO ${duration(rpo ?? Infinity)} of ${duration(rpoPromised!)}`] : []),
  ];
  return `${of}: missed ${missed.join(" and ")}`;
}

const part = (title: string, items: readonly string[]) =>
  `<p>${escaped(title)}.</p>${items.length > 0 ? `\n${listOf(items)}` : ""}`;
