import { filesPath } from "../kubernetes/mounted-files";

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
