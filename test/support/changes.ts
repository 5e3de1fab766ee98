/** Changes that a test adds to the plans of a copy of the checkout, and takes away again. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPlan } from "../../components/migrations";
import { sql, type System } from "./cluster";
import type { FaultyStack } from "./faulty-stack";

export const migrationsOf = (system: System) => `systems/${system}/migrations`;

const kinds = ["deploy", "verify", "revert"] as const;

/** The last change of a system's own plan. */
const lastChange = (system: System) => readPlan(join(__dirname, "..", "..", migrationsOf(system))).changes.at(-1)!;

/** Adds a change at the end of each system's plan. */
export function addChange(
  stack: FaultyStack,
  systems: readonly System[],
  name: string,
  scripts: { deploy: string; verify?: string; revert?: string },
): void {
  const line = `${name} 2026-11-20T00:00:00Z Runsheet <runsheet@localhost> # for a test`;
  for (const system of systems) {
    stack.edit(`${migrationsOf(system)}/sqitch.plan`, (plan) => `${plan.trimEnd()}\n${line}\n`);
    for (const kind of kinds) writeScript(stack, [system], kind, name, scripts[kind] ?? "SELECT 1;\n");
  }
}

export function writeScript(
  stack: FaultyStack,
  systems: readonly System[],
  kind: (typeof kinds)[number],
  name: string,
  text: string,
): void {
  for (const system of systems) writeFileSync(join(stack.directory, migrationsOf(system), kind, `${name}.sql`), text);
}

/** Takes added changes back, from the databases and from the plans: each system goes to a change before them. */
export async function removeChanges(
  stack: FaultyStack,
  systems: readonly System[],
  names: readonly string[],
  to: Partial<Record<System, string>> = {},
): Promise<void> {
  const target = (value: (system: System) => unknown) =>
    stack.configure(Object.fromEntries(systems.map((system) => [`${system}:schema`, value(system)])));
  target((system) => ({ target: to[system] ?? lastChange(system) }));
  await stack.upSucceeds();
  const without = (plan: string) =>
    plan.split("\n").filter((line) => !names.some((name) => line.startsWith(`${name} `)));
  for (const system of systems) {
    stack.edit(`${migrationsOf(system)}/sqitch.plan`, (plan) => without(plan).join("\n"));
    for (const kind of kinds)
      for (const name of names) rmSync(join(stack.directory, migrationsOf(system), kind, `${name}.sql`));
  }
  target(() => undefined);
}

/** Whether Sqitch has the change on record. */
export const applied = async (system: System, change: string) =>
  (await sql(`SELECT count(*) FROM sqitch.changes WHERE change = '${change}'`, system)) === "1";
