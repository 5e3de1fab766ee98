/** Section of the page with all drills. */
import { dirname, join, relative } from "node:path";
import { escaped } from "../../drawing/html";
import { duration } from "../duration";
import { notRecorded, type Evidence } from "./evidence";
import { timeOf } from "./html";

const head = [
  ...["Began", "Scenario", "System", "Stack", "Result", "RTO", "RPO", "Rows lost", "Report", "Took"],
  ...["Run by", "Commit", "Restored from", "Verified, or error"],
];

/**
 * Returns the section.
 * @param directory directory of the page, from which links lead to the reports
 */
export function drillsSection(evidence: readonly Evidence[], directory: string): string {
  const rows = evidence.map((each) => `<tr>${cells(each, directory).join("")}</tr>`);
  const caption = "All drills, the newest first; one line for each system. What was promised is in brackets.";
  return `<h2 id="all">All drills</h2>
<div class="table" role="region" aria-labelledby="all" tabindex="0">
<table>
<caption>${caption}</caption>
<thead><tr>${head.map((name) => `<th scope="col">${name}</th>`).join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</div>`;
}

function cells(each: Evidence, directory: string): string[] {
  const { began, scenario, system, stack, result, rto, rtoPromised, rtoMet, rpo, rpoPromised, rpoMet } = each;
  const commit = each.commit.slice(0, each.commit === notRecorded ? undefined : 12);
  return [
    `<th scope="row">${timeOf(began)}</th>`,
    ...[scenario, system, stack].map(text),
    `<td class="${result === "met" ? "good" : "bad"}">${result}</td>`,
    figure(rto, rtoPromised, rtoMet),
    figure(rpo, rpoPromised, rpoMet),
    text(each.lost === null ? "" : `${each.lost} of ${each.acknowledged}`),
    `<td>${link(each, directory)}</td>`,
    text(each.seconds === null ? "" : duration(each.seconds)),
    text(each.runBy),
    text(`${commit}${each.clean === false ? " with changes" : ""}`),
    `<td class="long">${escaped(sourceOf(each))}</td>`,
    `<td class="long">${escaped(each.error ?? each.verified)}</td>`,
  ];
}

const text = (content: string) => `<td>${escaped(content)}</td>`;

function figure(measured: number | null, promised: number | null, isMet: boolean | null): string {
  if (promised === null) return "<td></td>";
  const written = `${duration(measured ?? Infinity)} (${duration(promised)})`;
  return isMet ? text(written) : `<td class="bad">${escaped(written)}: missed</td>`;
}

/** Link to the report for people, or the directory of a drill without one. */
function link({ file, sha256, began, scenario, system }: Evidence, directory: string): string {
  const target = sha256 === null ? dirname(file) : join(dirname(file), "report.md");
  const path = relative(directory, target).replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
  const name = `${sha256 === null ? "files" : "report"} of ${scenario} on ${system}, ${began}`;
  return `<a href="${escaped(path)}" aria-label="${escaped(name)}">${sha256 === null ? "files" : "report"}</a>`;
}

function sourceOf({ restoredFrom, restoredName, restoredTime, restoredSha256 }: Evidence): string {
  const details = [restoredName, restoredTime, restoredSha256].filter((detail) => detail !== notRecorded);
  return [restoredFrom, ...details].join(", ");
}
