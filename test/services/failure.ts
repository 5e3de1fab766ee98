import { CommandFailed } from "../../lab/command";

/** Returns the output of a command that must fail. Throws if it succeeds or cannot be run. */
export async function failureOf(command: Promise<string>): Promise<string> {
  const failure: unknown = await command.catch((error: unknown) => error);
  if (failure instanceof CommandFailed) return failure.output;
  throw new Error(`expected a command that fails, but got: ${String(failure)}`);
}
