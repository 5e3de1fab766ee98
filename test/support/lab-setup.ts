/** Before all tests of the lab: a directory for what one file of tests leaves for the next. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export default function setup(): void {
  process.env.RUNSHEET_LAB_TESTS = mkdtempSync(join(tmpdir(), "runsheet-lab-tests-"));
}
