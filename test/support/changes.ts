/** Sqitch changes that a test adds to the plans of a copy of the checkout. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql, type System } from "./cluster";
import type { FaultyStack } from "./faulty-stack";

export const migrationsOf = (system: System) => `systems/${system}/migrations`;

const kinds = ["deploy", "verify", "revert"] as const;

/** A Sqitch change that a test adds, with the SQL that reverts it. */
export interface AddedChange {
  readonly system: System;
  readonly name: string;
  readonly revert: string;
}

/** Copy of the checkout whose plans a test changes. */
type Changeable = Pick<FaultyStack, "directory" | "edit" | "added">;

/** Adds a change at the end of each system's plan. */
export function addChange(
  stack: Changeable,
  systems: readonly System[],
  name: string,
  scripts: { deploy: string; verify?: string; revert?: string },
): void {
  const line = `${name} 2026-11-20T00:00:00Z Runsheet <runsheet@localhost> # for a test`;
  for (const system of systems) {
    stack.edit(`${migrationsOf(system)}/sqitch.plan`, (plan) => `${plan.trimEnd()}\n${line}\n`);
    for (const kind of kinds) writeScript(stack, [system], kind, name, scripts[kind] ?? "SELECT 1;\n");
    stack.added.push({ system, name, revert: scripts.revert ?? "SELECT 1;\n" });
  }
}

export function writeScript(
  stack: Changeable,
  systems: readonly System[],
  kind: (typeof kinds)[number],
  name: string,
  text: string,
): void {
  for (const system of systems) writeFileSync(join(stack.directory, migrationsOf(system), kind, `${name}.sql`), text);
}

/** Removes an added change from the plan. The change must not be deployed. */
export function takeBack(stack: Changeable, system: System, name: string): void {
  const others = (plan: string) => plan.split("\n").filter((line) => !line.startsWith(`${name} `));
  stack.edit(`${migrationsOf(system)}/sqitch.plan`, (plan) => others(plan).join("\n"));
  for (const kind of kinds) rmSync(join(stack.directory, migrationsOf(system), kind, `${name}.sql`));
}

/** Reverts added changes in the databases, and deletes them from Sqitch's registry. */
export async function forgetChanges(changes: readonly AddedChange[]): Promise<void> {
  for (const { system, name, revert } of [...changes].reverse()) {
    if (!(await applied(system, name))) continue;
    const change = `SELECT change_id FROM sqitch.changes WHERE change = '${name}'`;
    await sql(`${revert} DELETE FROM sqitch.dependencies WHERE change_id IN (${change})`, system);
    await sql(`DELETE FROM sqitch.changes WHERE change = '${name}'`, system);
  }
}

/** Returns true if the change is deployed, according to Sqitch's registry. */
export const applied = async (system: System, change: string) =>
  (await sql(`SELECT count(*) FROM sqitch.changes WHERE change = '${change}'`, system)) === "1";
