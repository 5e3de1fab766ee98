import { join } from "node:path";
import { readText } from "../identity/text-file";
import type { Environment } from "../kubernetes/environment";
import { filesPath } from "../kubernetes/mounted-files";
import type { TaskArgs } from "../kubernetes/task";

/**
 * Returns a command that runs SQL files in order, up to the first error. `variables` are psql's, for `:'name'` in a
 * file.
 */
export function psql(files: readonly string[], variables: Readonly<Record<string, string | number>> = {}): string[] {
  return [
    "psql",
    "--no-psqlrc",
    "--quiet",
    "--set=ON_ERROR_STOP=1",
    ...Object.entries(variables).map(([name, value]) => `--set=${name}=${value}`),
    ...files.map((file) => `--file=${filesPath}/${file}`),
  ];
}

/**
 * Returns what a task needs to run an SQL file of this directory.
 * @param environment PG* variables of the login
 * @param settings settings of the session, without their prefix `runsheet.`, which the file reads with current_setting()
 */
export function sqlFile(
  file: string,
  environment: Environment,
  settings: Readonly<Record<string, string>>,
): Pick<TaskArgs, "command" | "files" | "environment"> {
  const options = Object.entries(settings).map(([name, value]) => `-c runsheet.${name}=${value}`);
  return {
    command: psql([file]),
    files: { [file]: readText(join(__dirname, file)) },
    environment: { ...environment, PGOPTIONS: options.join(" ") },
  };
}
