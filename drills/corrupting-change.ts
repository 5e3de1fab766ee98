/** A change of a system's schema that damages rows, as a team might deploy it. */
import { appendFileSync, cpSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { projectDirectory } from "../engine/project";
import { systems } from "../systems";
import { tableOfCluster } from "./cluster-database";
import type { StackSettings } from "./stack-settings";

/** Name of the change. */
export const corruptingChange = "runsheet_drill_damages_rows";

/** Explains why the change cannot be added to a system's migrations. Undefined if it can. */
export function obstacleToChange(stack: StackSettings, system: string): string | undefined {
  const migrations = stack.configured<object>(`${system}:migrations`);
  if (migrations && !("sqitch" in migrations))
    return `this drill adds a change to a Sqitch project, and ${system}:migrations has none: leave it out or set ${system}:migrations.sqitch on a test stack`;
  if (!migrations && shipped(system) === undefined)
    return `${system} has no migrations to which a bad one can be added`;
  if (stack.configured<{ target?: string }>(`${system}:schema`)?.target !== undefined)
    return `remove ${system}:schema.target first: the drill adds a change after the last one`;
  return undefined;
}

/**
 * Copies the system's Sqitch project into a directory, with the change after its last one. It damages the drill's own rows
 * only.
 * @param directory replaced if it exists
 */
export function withCorruptingChange(stack: StackSettings, system: string, directory: string): void {
  const configured = stack.configured<{ sqitch: string }>(`${system}:migrations`)?.sqitch;
  const project = configured === undefined ? shipped(system)! : resolve(projectDirectory, configured);
  rmSync(directory, { recursive: true, force: true });
  cpSync(project, directory, { recursive: true });
  const planned = `${corruptingChange} 2026-01-01T00:00:00Z Runsheet <runsheet@localhost> # Damages the rows of a drill`;
  appendFileSync(join(directory, "sqitch.plan"), `\n${planned}\n`);
  for (const [kind, sql] of Object.entries(scripts))
    writeFileSync(join(directory, kind, `${corruptingChange}.sql`), sql);
}

const shipped = (system: string) => systems.find(({ name }) => name === system)!.migrations;

const limits = "SET LOCAL lock_timeout = '5s';\nSET LOCAL statement_timeout = '60s';";

/** Its verification finds the table, as a careless one does. */
const scripts = {
  deploy: `BEGIN;\n${limits}\nUPDATE ${tableOfCluster} SET written = '-infinity';\nCOMMIT;\n`,
  verify: `BEGIN;\nSELECT written FROM ${tableOfCluster} WHERE false;\nROLLBACK;\n`,
  revert: `BEGIN;\n${limits}\nCOMMIT;\n`,
} as const;
