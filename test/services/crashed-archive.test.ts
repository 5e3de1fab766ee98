/** The prerequisite that asks whether the write-ahead log is archived, on a server that crashed and that nobody writes to. */
import { setTimeout as sleep } from "node:timers/promises";
import type { SqlCheck } from "../../components/checks/check";
import { archiveWorks } from "../../components/system/prerequisites";
import { asSuperuser, ThrowAwayPostgres } from "./postgres";

/** In seconds. The shortest that PostgreSQL takes. */
const checkpointTimeout = 30;
const archiveTimeout = 1;

let postgres: ThrowAwayPostgres;
beforeAll(async () => {
  const archive = { archive_mode: "on", archive_command: "true", archive_timeout: String(archiveTimeout) };
  postgres = await ThrowAwayPostgres.start({ settings: { ...archive, checkpoint_timeout: String(checkpointTimeout) } });
});
afterAll(() => postgres.stop());

const check = archiveWorks("pm");
const { sql } = check as SqlCheck;

/** Asks as the check does, each second. Returns the seconds until the archive works. */
async function secondsUntilItWorks(): Promise<number> {
  const began = Date.now();
  for (;;) {
    const [row] = await postgres.query<{ works: boolean }>(asSuperuser(), sql);
    const seconds = (Date.now() - began) / 1000;
    if (row!.works) return seconds;
    if (seconds > 2 * checkpointTimeout) throw new Error(`the archive does not work after ${seconds} s`);
    await sleep(1000);
  }
}

test("after a crash the check waits as long as PostgreSQL's default takes", async () => {
  await postgres.crash();
  await postgres.resume();
  const seconds = await secondsUntilItWorks();
  // The server's checkpointer may ask for its next wait before the recovery is over: then it sleeps for its own timeout.
  expect(seconds).toBeLessThan(checkpointTimeout + archiveTimeout + 5);
  const [setting] = await postgres.query<{ default: string }>(
    asSuperuser(),
    "SELECT boot_val AS default FROM pg_settings WHERE name = 'checkpoint_timeout'",
  );
  // CloudNativePG's archive_timeout is a minute in our databases.
  expect(check.withinSeconds).toBeGreaterThan(Number(setting!.default) + 60);
}, 120_000);
