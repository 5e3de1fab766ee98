/** Project with stacks and drills on record, in a directory of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Report } from "../../drills/report";
import { reportText } from "../../drills/report-file";

export class DrillsOnRecord {
  readonly root = mkdtempSync(join(tmpdir(), "runsheet-drills-"));

  /** Writes a stack's file. */
  stack(name: string, config: Readonly<Record<string, unknown>>): this {
    writeFileSync(join(this.root, `Pulumi.${name}.yaml`), stringify({ config }));
    return this;
  }

  /** Writes the report of a drill into reports/NAME, or into a directory beside it. */
  report(name: string, report: Report | string, directory = "reports"): this {
    return this.file(`${directory}/${name}/report.json`, typeof report === "string" ? report : reportText(report));
  }

  file(name: string, text: string): this {
    const path = join(this.root, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
    return this;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
