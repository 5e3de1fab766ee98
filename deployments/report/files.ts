/** Files of the reports: reports/deployments/STACK-TIME.json, .md and .html. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileName } from "../place";
import { markdown } from "./markdown";
import { readReport, type Report } from "./report";

/**
 * Writes the report, each file whole or not at all, and returns their paths: for people first.
 * @param page the report as HTML
 */
export function writeReport(directory: string, report: Report, page: string): readonly string[] {
  mkdirSync(directory, { recursive: true });
  const name = `${fileName(report.stack)}-${report.ended.slice(0, 19).replaceAll(":", "-")}Z`;
  const texts = [
    ["html", page],
    ["md", markdown(report)],
    ["json", `${JSON.stringify(report, null, 2)}\n`],
  ] as const;
  return texts.map(([extension, text]) => {
    const file = join(directory, `${name}.${extension}`);
    // An error of a task has the last lines of its log, which are the team's own.
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return file;
  });
}

/** Reads the reports of a stack, from the oldest to the newest. A file that is none is left out. */
export function readReports(directory: string, stack: string): Report[] {
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory).filter(
    (name) => name.startsWith(`${fileName(stack)}-`) && /-\d{4}-\d\d-\d\dT[\d-]+Z\.json$/.test(name),
  );
  return names.sort().flatMap((name) => {
    try {
      const report = readReport(readFileSync(join(directory, name), "utf8"));
      return report.stack === stack ? [report] : [];
    } catch {
      return [];
    }
  });
}
