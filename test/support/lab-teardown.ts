/** Runs after all tests of the lab: deletes the directory that lab-setup.ts created. */
import { rmSync } from "node:fs";

export default function teardown(): void {
  rmSync(process.env.RUNSHEET_LAB_TESTS!, { recursive: true });
}
