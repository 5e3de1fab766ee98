import { filesPath } from "../kubernetes/mounted-files";

/** Runs SQL files one after the other, until the first error; `variables` are psql's own, for `:'name'` in a file. */
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
