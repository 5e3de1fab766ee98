/**
 * Stand-in application of the local stack.
 *
 * The real applications of the five systems are private. This program stands in for them, and says so in each answer
 * (the header `x-stand-in`), in each log line and in its metrics. It serves their endpoints, needs their database,
 * Redis and environment, and has fault injection. Everything around it is real. Each system has a program of its own
 * (main.<system>.ts), so that none contains the code of the others.
 *
 * - `node main.cjs` starts a workload.
 * - `node main.cjs <script> [flags]` runs a script of the system (core/script.ts).
 *
 * Everything else is environment:
 *
 * - STAND_IN_SYSTEM, STAND_IN_ROLE: the system and its workload. STAND_IN_REQUIRES: variables that readiness requires.
 * - PORT, RELEASE, DATABASE_URL, REDIS_URL, DRAIN_SECONDS (core/settings.ts), STAND_IN_FAULTS (core/faults.ts).
 * - The system's own variables, as its runbook names them.
 */
import { startApplication, type System } from "./core/application";
import { createLog, errorMessage, type Log } from "./core/log";
import { runScript, usage } from "./core/script";
import { readSettings, SettingsError, type Settings } from "./core/settings";

export async function start(system: System): Promise<void> {
  const [script, ...args] = process.argv.slice(2);
  let log = createLog({});
  const fail = (event: string, error: unknown) => {
    const stack = error instanceof Error && !(error instanceof SettingsError) ? error.stack : undefined;
    log(event, { error: errorMessage(error), stack });
    process.exitCode = 1;
    end(1);
  };
  process.on("uncaughtException", (error) => fail("uncaught error", error));
  process.on("unhandledRejection", (error) => fail("uncaught error", error));
  try {
    // A script needs no role. A role from the environment of a workload is harmless.
    const settings = readSettings(script === undefined ? process.env : { STAND_IN_ROLE: script, ...process.env });
    log = createLog({ system: settings.system, role: settings.role, release: settings.release });
    await (script === undefined ? serve(settings, system, log) : once(settings, system, script, args, log));
  } catch (error) {
    fail(script === undefined ? "cannot start" : "script failed", error);
  }
}

async function serve(settings: Settings, system: System, log: Log): Promise<void> {
  const starting = startApplication(settings, system, log);
  const stop = async () => {
    await (await starting).stop();
    end(0);
  };
  process.on("SIGTERM", () => void stop());
  process.on("SIGINT", () => void stop());
  await starting;
}

async function once(settings: Settings, system: System, name: string, args: string[], log: Log): Promise<void> {
  const scripts = system.scripts ?? {};
  const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
  if (!script) {
    const known = Object.keys(scripts).join(", ") || "none";
    throw new SettingsError(`There is no script "${name}": the scripts of ${settings.system} are ${known}.`);
  }
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  if (args.includes("--help")) print(usage(name, script));
  else print(JSON.stringify(await runScript(settings, script, args, log, print, system.actsAs)));
  end(0);
}

/** Exits once standard output, which may be a slow pipe, has taken the last line. */
function end(code: number): void {
  process.stdout.write("", () => process.exit(code));
}
