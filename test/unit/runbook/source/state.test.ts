import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { graphOf, stateGraph } from "../../../../runbook/source/state";
import { smallSystem } from "../../../support/runbook/small-system";

const directory = mkdtempSync(join(tmpdir(), "runsheet-pulumi-"));
const { PATH: path } = process.env;
afterAll(() => {
  process.env.PATH = path;
  rmSync(directory, { recursive: true });
});

/** Puts a `pulumi` before all others, which does this. */
function pulumiThat(script: string): void {
  const file = join(directory, "pulumi");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  process.env.PATH = [directory, path].join(delimiter);
}

test("the state is exported without its secrets in plain text", async () => {
  writeFileSync(join(directory, "state.json"), JSON.stringify(smallSystem));
  pulumiThat(`[ "$*" = "stack export --stack shop" ] && cat '${join(directory, "state.json")}'`);
  expect(await stateGraph("shop")).toEqual(graphOf(smallSystem));
});

test("a resource that waits for its deletion is left out", () => {
  expect(smallSystem.deployment.resources.some(({ urn }) => urn.endsWith("::old"))).toBe(true);
  expect(graphOf(smallSystem).map(({ name }) => name)).not.toContain("old");
});

test("an error of Pulumi is handed on", async () => {
  pulumiThat("echo 'error: no stack named shop found' >&2; exit 255");
  await expect(stateGraph("shop")).rejects.toThrow(
    "the state of the stack shop cannot be read: error: no stack named shop found",
  );
});

test("a stack without resources says what to do", async () => {
  pulumiThat(`echo '{"version":3,"deployment":{}}'`);
  await expect(stateGraph("shop")).rejects.toThrow(
    "the stack shop has no resources yet: run pulumi up, or leave out --stack",
  );
});

test("a machine without Pulumi says what to do", async () => {
  process.env.PATH = join(directory, "nowhere");
  await expect(stateGraph("shop")).rejects.toThrow(
    "the state of the stack shop cannot be read: there is no pulumi in the PATH; install it, or leave out --stack",
  );
});
