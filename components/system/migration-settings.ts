/** The key `migrations`: where a system's migrations come from. */
import { resolve } from "node:path";
import { z } from "zod";
import { commandSource, sqitchSource, sqlSource, type MigrationSource } from "../migrations";
import { toolNames } from "../migrations/sql/detect";
import { commandMemory, commandVariables, image, variableSecrets } from "./setting-values";

/** Directory of the program. Directories of the configuration are relative to it. */
const program = resolve(__dirname, "..", "..");

const directory = (of: string, example: string) =>
  z
    .string()
    .min(1)
    .meta({
      title: "directory",
      description: `Directory of ${of}, relative to the program's.`,
      examples: [example],
    });

const privileges = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];
const privilegeList = new RegExp(`^(|(${privileges.join("|")})(, ?(${privileges.join("|")}))*)$`);

const newTables = z
  .strictObject({
    rowSecurity: z.boolean().optional().describe("Whether row security must be enabled. Default: either is right."),
    privileges: z
      .record(z.string().min(1), z.string().regex(privilegeList, "must be privileges such as SELECT, INSERT; or empty"))
      .optional()
      .meta({
        description: "All privileges of a role, by its name. Default: they are not looked at.",
        examples: [{ app: "SELECT, INSERT, UPDATE, DELETE" }],
      }),
  })
  .optional()
  .describe("Properties that every table must have which a change creates. Default: none is checked.");

const sqitch = z.strictObject({
  sqitch: directory("a Sqitch project: `sqitch.plan`, `deploy/`, `verify/`, `revert/`", "../app/migrations"),
});

const sql = z.strictObject({
  sql: directory(
    "the migrations of Supabase, Flyway, Drizzle or Prisma, or of files that begin with a number",
    "../app/supabase/migrations",
  ),
  tool: z
    .enum(toolNames, { error: `must be one of ${toolNames.join(", ")}` })
    .optional()
    .describe("Tool that the directory belongs to. Default: the one that it looks like."),
  takenOver: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "Last change that was applied before Runsheet took over. All up to it are one task, which applies nothing. " +
        "Default: each change has its task.",
      examples: ["20240131120000_add_users"],
    }),
  newTables,
});

const command = z.strictObject({
  command: z
    .array(z.string().min(1))
    .min(1)
    .meta({
      description: `Command that applies all migrations, and its arguments. ${commandVariables}`,
      examples: [["npx", "prisma", "migrate", "deploy"]],
    }),
  image: image.meta({
    title: "image",
    description: "Image with the command, the migrations and a shell.",
    examples: ["registry.example/migrations:1.4.0"],
  }),
  secrets: variableSecrets(
    "Environment variables of the command, each with the secret key of this namespace that holds its value. It has " +
      "`DATABASE_URL` and libpq's variables (`PGHOST`, ...) in any case.",
    { FLYWAY_PASSWORD: "flywayPassword" },
  ),
  memoryLimit: commandMemory,
  newTables,
});

const kinds = { sqitch, sql, command };

/** Source of a system's migrations, as the stack configures it. */
export const migrations = z
  .union([sqitch, sql, command], {
    error: (issue) =>
      `must have exactly one of ${Object.keys(kinds).join(", ")}, and the keys that belong to it${problemIn(issue.input)}`,
  })
  .optional()
  .meta({
    description:
      "Migrations of one's own: a Sqitch project, files of SQL, or a command. Default: the project that Runsheet " +
      "ships, a reconstruction of what the runbook says of its tables. See `docs/migrations.md`.",
    examples: [
      { sql: "../app/supabase/migrations", newTables: { rowSecurity: true } },
      { command: ["npx", "prisma", "migrate", "deploy"], image: "registry.example/migrations:1.4.0" },
    ],
  });

export type MigrationSettings = NonNullable<z.infer<typeof migrations>>;

/** Says what is wrong with the keys of the kind that was chosen. */
function problemIn(input: unknown): string {
  if (typeof input !== "object" || input === null) return "";
  const chosen = Object.entries(kinds).filter(([kind]) => kind in input);
  if (chosen.length !== 1) return "";
  const issue = chosen[0]![1].safeParse(input).error?.issues[0];
  if (!issue) return "";
  const key = issue.path.map(String).join(".") || (issue.code === "unrecognized_keys" ? issue.keys.join(", ") : "");
  return `: ${key === "" ? "" : `${key}: `}${issue.message}`;
}

/**
 * Reads the migrations.
 * @param shipped directory of the Sqitch project that Runsheet ships. Default: none
 * @param release application's release, for which a command runs again
 * @throws Error that begins with the key and names the file
 */
export function migrationSource(
  settings: MigrationSettings | undefined,
  shipped: string | undefined,
  release: string,
): MigrationSource | undefined {
  if (settings === undefined) return shipped === undefined ? undefined : sqitchSource(shipped, { safeToRepeat: true });
  try {
    if ("sqitch" in settings) return sqitchSource(resolve(program, settings.sqitch));
    if ("sql" in settings) return sqlSource({ ...settings, directory: resolve(program, settings.sql) });
    return commandSource(settings, release);
  } catch (error) {
    throw new Error(`migrations: ${(error as Error).message}`, { cause: error });
  }
}
