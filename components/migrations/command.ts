/** Migrations that the team's own tool applies, in its image. */
import { contentHash } from "../identity/hash";
import type { MigrationSource } from "./source";
import { programs, type NewTables } from "./sql";
import { registryFiles } from "./sql/registry-files";

export interface CommandSourceArgs {
  /** Command that applies all migrations, and its arguments. */
  readonly command: readonly string[];
  /** Image with the command and a shell. */
  readonly image: string;
  /** Keys of secrets by environment variable. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Memory limit of the command, such as "1Gi". */
  readonly memoryLimit: string;
  /** Default: not checked. */
  readonly newTables?: NewTables;
}

/** Stands for the table of a tool that is not known. */
const unknownTable = {
  table: "",
  locate: "SELECT NULL",
  create: "",
  applied: "SELECT NULL::text, NULL::text, NULL::text, NULL::text WHERE false",
  record: "SELECT 1",
  failed: "",
};

/**
 * Makes the source of a command. It has one change, which is deployed again with another release or another command.
 * Which migrations are applied is not known: what is verified is what holds after every change.
 */
export function commandSource(
  { command, image, secrets, memoryLimit, newTables = {} }: CommandSourceArgs,
  release: string,
): MigrationSource {
  const hash = contentHash({ command, image, secrets, newTables, release });
  return {
    project: "command",
    changes: [{ name: "command", id: "command", deployHash: hash, hash }],
    files: {
      ...programs(),
      ...registryFiles({ registry: unknownTable }),
      "changes.json": "[]",
      "new-tables.json": JSON.stringify(newTables),
      "ignored.txt": "",
    },
    image: "postgresql",
    command: { image, command, memoryLimit },
    obstacleToOneTransaction: () => "migrations.command decides on its own transactions",
  };
}
