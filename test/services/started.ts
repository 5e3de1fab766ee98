/** Servers of one test file, which start before its tests and stop after them. */
import { ThrowAwayPostgres } from "./postgres";
import { ThrowAwayRedis } from "./redis";
import { SystemDatabase, type SystemDefinition } from "./system-database";

/** Starts a PostgreSQL with a system's database as it is before the runbook, and hands it to `prepare`. */
export function startSystem(system: SystemDefinition, prepare: (created: SystemDatabase) => unknown): void {
  let postgres: ThrowAwayPostgres | undefined;
  beforeAll(async () => {
    postgres = await ThrowAwayPostgres.start();
    await prepare(await SystemDatabase.create(postgres, system));
  });
  afterAll(() => postgres?.stop());
}

/** Starts a Redis, and hands it to `keep`. */
export function startRedis(keep: (started: ThrowAwayRedis) => void): void {
  let redis: ThrowAwayRedis | undefined;
  beforeAll(async () => keep((redis = await ThrowAwayRedis.start())));
  afterAll(() => redis?.stop());
}
