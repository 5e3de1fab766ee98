import { CommandFailed } from "../../lab/command";

/** What a command printed that is expected to fail. Throws when it succeeds, or could not be run at all. */
export async function failureOf(command: Promise<string>): Promise<string> {
  const failure: unknown = await command.catch((error: unknown) => error);
  if (failure instanceof CommandFailed) return failure.output;
  throw new Error(`expected a command that fails, but got: ${String(failure)}`);
}
