/** Expectations on a stack that nobody changed. */
import type { Workspace } from "./workspace";

const unchanged = /Resources:\n\s+\d+ unchanged\n/;

/** Expects that a refresh finds no drift. */
export async function expectNoDrift(workspace: Workspace): Promise<void> {
  const check = ["refresh", "--stack", "local", "--preview-only", "--expect-no-changes"];
  const { code, output } = await workspace.pulumi(check);
  expect(output).toMatch(unchanged);
  expect(code).toBe(0);
}

/** Expects that an `up` changes nothing. */
export async function expectUpUnchanged(workspace: Workspace): Promise<void> {
  const { code, output } = await workspace.up("--expect-no-changes");
  expect(output).toMatch(unchanged);
  expect(code).toBe(0);
}
