/**
 * The stand-in application of the local stack.
 *
 * The five systems' real applications are private. This program stands in for them, and says so in each answer (the
 * header `x-stand-in`), log line and metric: it serves their endpoints, needs their database, Redis and environment, and
 * can be told to fail. Everything around it is real. Started as `node main.cjs`; everything else is environment:
 *
 * - STAND_IN_SYSTEM, STAND_IN_ROLE: what it stands in for. STAND_IN_REQUIRES: variables without which it is not ready.
 * - PORT, RELEASE, DATABASE_URL, REDIS_URL, DRAIN_SECONDS (core/settings.ts), STAND_IN_FAULTS (core/faults.ts).
 * - the system's own variables, as its runbook names them.
 */
import { startApplication, type System } from "./core/application";
import { createLog, errorMessage, type Log } from "./core/log";
import { readSettings, SettingsError } from "./core/settings";
import { prism } from "./prism";

const systems: Readonly<Record<string, System>> = { prism };

async function main(): Promise<void> {
  let log = createLog({});
  const fail = (event: string, error: unknown) => {
    const stack = error instanceof Error && !(error instanceof SettingsError) ? error.stack : undefined;
    log(event, { error: errorMessage(error), stack });
    process.exitCode = 1;
    // Standard output may be a pipe that takes its time: let the line out before the end.
    process.stdout.write("", () => process.exit(1));
  };
  process.on("uncaughtException", (error) => fail("uncaught error", error));
  process.on("unhandledRejection", (error) => fail("uncaught error", error));
  try {
    const settings = readSettings(process.env);
    const system = systems[settings.system];
    if (!system) {
      const known = Object.keys(systems).join(", ");
      throw new SettingsError(`STAND_IN_SYSTEM is "${settings.system}": the stand-in knows ${known}.`);
    }
    log = createLog({ system: settings.system, role: settings.role, release: settings.release });
    await serve(settings, system, log);
  } catch (error) {
    fail("cannot start", error);
  }
}

async function serve(settings: ReturnType<typeof readSettings>, system: System, log: Log): Promise<void> {
  const starting = startApplication(settings, system, log);
  const end = async () => {
    await (await starting).stop();
    process.stdout.write("", () => process.exit(0));
  };
  process.on("SIGTERM", () => void end());
  process.on("SIGINT", () => void end());
  await starting;
}

void main();
