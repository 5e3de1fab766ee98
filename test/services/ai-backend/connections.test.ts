/** Check of the database connections, run as the database's owner, who sees little of other users' sessions. */
import type { SqlCheck } from "../../../components/checks/check";
import { enoughConnections } from "../../../systems/ai-backend/connections";
import { asSuperuser, ThrowAwayPostgres, type Login } from "../postgres";

jest.setTimeout(60_000);

let postgres: ThrowAwayPostgres;
const owner: Login = { user: "ai_backend", database: "ai_backend" };

beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start();
  await postgres.query(
    asSuperuser(),
    "CREATE ROLE ai_backend LOGIN; CREATE ROLE ai_backend_app LOGIN; CREATE ROLE other LOGIN",
  );
  await postgres.query(asSuperuser(), "CREATE DATABASE ai_backend OWNER ai_backend");
});
afterAll(() => postgres?.stop());

/** Result of the check for pods that need this many connections in total. */
async function found(connections: number): Promise<{ enough: boolean; server: number; others: number }> {
  const scaling = { min: 1, max: 1, cpuPercent: 70 };
  const postgresql = {
    engine: "external",
    host: "shared",
    port: 5432,
    adminUser: "postgres",
    sslMode: "require",
    requireAuth: "scram-sha-256",
    readsAllStats: false,
    inheritsRoles: false,
  } as const;
  const asked = { databaseMaxConnections: connections / 2, scaling, postgres: postgresql };
  const { sql } = enoughConnections(asked) as SqlCheck;
  const [row] = await postgres.query<{ enough: boolean; server: number; others: number }>(owner, sql);
  return row!;
}

test("others' connections on the server count, the application's own do not", async () => {
  const { server, others } = await found(2);
  // An even number, since each pod counts twice.
  const free = server - others - ((server - others) % 2);
  expect(await found(free)).toMatchObject({ enough: true });
  await postgres.connected({ user: "other", database: "postgres" }, () =>
    postgres.connected({ user: "other", database: "ai_backend" }, () =>
      postgres.connected({ user: "ai_backend_app", database: "ai_backend" }, async () => {
        expect(await found(2)).toEqual({ enough: true, server, others: others + 2 });
        expect(await found(free)).toMatchObject({ enough: false });
      }),
    ),
  );
});
