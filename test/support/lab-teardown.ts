/** Runs after all tests of the lab. */
import { rmSync } from "node:fs";

export default function teardown(): void {
  rmSync(process.env.RUNSHEET_LAB_TESTS!, { recursive: true });
}
