/**
 * Runs before all tests of the lab: creates the directory in which a test file leaves its configuration for the next
 * one.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export default function setup(): void {
  process.env.RUNSHEET_LAB_TESTS = mkdtempSync(join(tmpdir(), "runsheet-lab-tests-"));
}
