/** Passphrase that encrypts the secrets in a state which no service keeps. */
import { readFileSync } from "node:fs";
import { withoutLogin } from "./backend-url";

const variable = "PULUMI_CONFIG_PASSPHRASE";

/**
 * Checks the passphrase before Pulumi starts, which would prompt for it in the middle of a run, or take an empty one.
 * Pulumi reads the file only if the variable is not set at all.
 * @throws Error if there is none, or it is empty
 */
export function expectPassphrase(backend: string): void {
  const { [variable]: passphrase, [`${variable}_FILE`]: file } = process.env;
  const why = `the state in ${withoutLogin(backend)} holds secrets`;
  const way = `set ${variable}, or ${variable}_FILE to a file that has it: it encrypts them. Keep it for every later run`;
  if (passphrase === "")
    throw new Error(`${why}, and ${variable} is empty, as the lab's shell has it: leave that shell, and ${way}`);
  if (passphrase !== undefined) return;
  if (file === undefined || file === "") throw new Error(`${why}: ${way}`);
  if (contentOf(file).trim() === "") throw new Error(`${why}, and ${variable}_FILE (${file}) is empty: ${way}`);
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`${variable}_FILE cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
