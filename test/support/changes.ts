/** Changes that a test adds to the plan of a copy of the checkout, and takes away again. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "./cluster";
import type { FaultyStack } from "./faulty-stack";

export const migrations = "systems/prism/migrations";
const last = "feedback_training_index";

/** Adds a change at the end of the plan. */
export function addChange(
  stack: FaultyStack,
  name: string,
  scripts: { deploy: string; verify?: string; revert?: string },
): void {
  const line = `${name} 2026-11-20T00:00:00Z Runsheet <runsheet@localhost> # for a test`;
  stack.edit(`${migrations}/sqitch.plan`, (plan) => `${plan.trimEnd()}\n${line}\n`);
  for (const kind of ["deploy", "verify", "revert"] as const)
    writeScript(stack, kind, name, scripts[kind] ?? "SELECT 1;\n");
}

export function writeScript(stack: FaultyStack, kind: string, name: string, text: string): void {
  writeFileSync(join(stack.directory, migrations, kind, `${name}.sql`), text);
}

/** Takes an added change back, from the database and from the plan. */
export async function removeChange(stack: FaultyStack, name: string): Promise<void> {
  stack.configure({ "prism:schema": { target: last } });
  await stack.upSucceeds();
  const without = (plan: string) => plan.split("\n").filter((line) => !line.startsWith(`${name} `));
  stack.edit(`${migrations}/sqitch.plan`, (plan) => without(plan).join("\n"));
  for (const kind of ["deploy", "verify", "revert"]) rmSync(join(stack.directory, migrations, kind, `${name}.sql`));
  stack.configure({ "prism:schema": undefined });
}

/** Whether Sqitch has the change on record. */
export const applied = async (change: string) =>
  (await sql(`SELECT count(*) FROM sqitch.changes WHERE change = '${change}'`)) === "1";
