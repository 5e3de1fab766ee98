/** Real VictoriaLogs on a port of the loopback address, and what the other programs of logs share with it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tool } from "../../lab/toolchain";
import { freePort } from "../support/free-port";
import { ServerProcess } from "./server-process";

/** A program that runs, and its URL. */
export interface Running {
  readonly url: string;
  readonly stop: () => Promise<unknown>;
}

/** Starts VictoriaLogs. */
export async function startVictoriaLogs(): Promise<Running> {
  const [directory, port, built] = [programDirectory("victorialogs"), await freePort(), await tool("victorialogs")];
  const flags = [`-storageDataPath=${directory}`, `-httpListenAddr=127.0.0.1:${port}`];
  const program = join(built, "victoria-logs");
  const server = await startProgram("VictoriaLogs", directory, [program, ...flags], "started server at");
  return { url: `http://127.0.0.1:${port}`, stop: server };
}

/** Creates the directory of a program. */
export const programDirectory = (name: string) => mkdtempSync(join(tmpdir(), `runsheet-${name}-`));

/** Starts a program, and returns what ends it and removes its directory. */
export async function startProgram(
  name: string,
  directory: string,
  [program, ...args]: [string, ...string[]],
  ready: string,
) {
  const server = await ServerProcess.start(name, ["setpriv", "--pdeathsig", "TERM", program, ...args], ready);
  return async () => {
    await server.stop("SIGTERM");
    rmSync(directory, { recursive: true, force: true });
  };
}
