/** Logins that are refused while a database is restored, and accepted again, by rights that migrations have. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import {
  acceptLogins,
  planRefusal,
  refuseLogins,
  type RefusedLogins,
} from "../../../components/backups/in-pod/refused-logins";
import { asSuperuser, type Login, ThrowAwayPostgres } from "../postgres";
import type { SupabasePostgres } from "../supabase";
import { teamProject } from "./team";

jest.setTimeout(120_000);

const clients: Client[] = [];
afterEach(() => Promise.all(clients.splice(0).map((client) => client.end().catch(() => undefined))));

const refuse = (postgres: ThrowAwayPostgres, login: Login, schemas = ["public"]) =>
  postgres.connected(login, async (client) => {
    const plan = await planRefusal(client, schemas);
    return { plan, ...(await refuseLogins(client, schemas, plan)) };
  });
const accept = (postgres: ThrowAwayPostgres, login: Login, plan: RefusedLogins) =>
  postgres.connected(login, (client) => acceptLogins(client, plan));

async function open(connection: string | { host: string; port: number; user: string; database: string }) {
  const client = new Client(typeof connection === "string" ? { connectionString: connection } : connection);
  client.on("error", () => undefined);
  clients.push(client);
  await client.connect();
  return client;
}

/** Rights to connect, and who may log in. */
const doors = `SELECT (SELECT array_agg(acl::text ORDER BY acl::text) FROM pg_database, unnest(coalesce(datacl, acldefault('d', datdba))) AS acl WHERE datname = current_database()) AS acl,
  (SELECT array_agg(rolname::text ORDER BY rolname) FROM pg_roles WHERE rolcanlogin) AS logins`;

describe("of a Supabase project", () => {
  let project: SupabasePostgres;
  beforeAll(async () => {
    project = await teamProject();
    await project.postgres.query(project.superuser, "CREATE ROLE reader LOGIN; GRANT SELECT ON public.posts TO reader");
    await project.postgres.query(
      project.owner,
      `CREATE ROLE team_app LOGIN PASSWORD 'app'; GRANT INSERT ON posts TO team_app`,
    );
  });
  afterAll(() => project?.stop());

  const socket = (user: string) => {
    const { directory: host, port } = project.postgres;
    return { host, port, user, database: "postgres" };
  };

  test("the team's role and the API's are refused, the platform's and readers are not", async () => {
    const before = await project.postgres.query(project.owner, doors);
    const api = await open(socket("authenticator"));
    const app = await open(socket("team_app"));
    const { plan, refused, admitted } = await refuse(project.postgres, project.owner);
    expect(refused).toEqual(["team_app", "authenticator", "supabase_storage_admin"]);
    expect(admitted).toEqual([]);
    await expect(api.query("SELECT 1")).rejects.toThrow();
    await expect(app.query("SELECT 1")).rejects.toThrow();
    await expect(open(socket("authenticator"))).rejects.toThrow('permission denied for database "postgres"');
    await expect(open(socket("team_app"))).rejects.toThrow('role "team_app" is not permitted to log in');
    for (const role of ["supabase_auth_admin", "reader", "postgres"]) await open(socket(role));

    await accept(project.postgres, project.owner, plan);
    await open(socket("authenticator"));
    await open(socket("team_app"));
    expect(await project.postgres.query(project.owner, doors)).toEqual(before);
    await accept(project.postgres, project.owner, plan);
    expect(await project.postgres.query(project.owner, doors)).toEqual(before);
  });

  test("a pool stays refused until it is over, and opens again by itself", async () => {
    const app = await open(project.url("pooled", { login: { user: "team_app", password: "app" } }));
    await app.query("SELECT 1");
    const { plan } = await refuse(project.postgres, project.owner);
    // PgBouncer keeps the client, and tries to log in for it.
    const answer = app.query("SELECT 1").then(
      () => "answered",
      () => "refused",
    );
    expect(await Promise.race([answer, sleep(3000, "waiting")])).not.toBe("answered");
    await accept(project.postgres, project.owner, plan);
    await answer;
    for (const end = Date.now() + 60_000; ; await sleep(500)) {
      const client = await open(project.url("pooled", { login: { user: "team_app", password: "app" } })).catch(
        () => undefined,
      );
      if (
        await client?.query("SELECT 1").then(
          () => true,
          () => false,
        )
      )
        break;
      expect(Date.now()).toBeLessThan(end);
    }
  });

  test("no statement touches a role that Supabase reserves", () => {
    expect(project.statementsOnReservedRoles()).toEqual([]);
  });

  test("the login's other sessions are ended", async () => {
    const own = await open(socket("postgres"));
    const { plan } = await refuse(project.postgres, project.owner);
    await accept(project.postgres, project.owner, plan);
    await expect(own.query("SELECT 1")).rejects.toThrow();
  });
});

describe("of another server", () => {
  const owner: Login = { user: "team", database: "team" };
  let postgres: ThrowAwayPostgres;
  beforeAll(async () => {
    postgres = await ThrowAwayPostgres.start();
    await postgres.query(asSuperuser(), "CREATE ROLE team LOGIN; CREATE ROLE app LOGIN; CREATE ROLE monitor LOGIN");
    await postgres.query(asSuperuser(), "CREATE DATABASE team OWNER team");
    await postgres.query(owner, "CREATE TABLE lines (n int); GRANT INSERT ON lines TO app");
  });
  afterAll(() => postgres?.stop());
  const connect = (user: string) => open({ host: postgres.directory, port: postgres.port, user, database: "team" });

  test("the database's owner takes the right to connect from who writes, nobody else", async () => {
    const { plan, refused } = await refuse(postgres, owner);
    expect(plan).toEqual({ roles: [], connect: { revoked: [""], granted: ["monitor"] } });
    expect(refused).toEqual(["app"]);
    await expect(connect("app")).rejects.toThrow('permission denied for database "team"');
    await connect("monitor");
    await accept(postgres, owner, plan);
    await connect("app");
  });

  test("a right of the role's own is taken and given back, too", async () => {
    await postgres.query(owner, "GRANT CONNECT ON DATABASE team TO app");
    const before = await postgres.query(owner, doors);
    const { plan, refused } = await refuse(postgres, owner);
    expect(plan.connect!.revoked).toEqual(["", "app"]);
    expect(refused).toEqual(["app"]);
    await accept(postgres, owner, plan);
    expect(await postgres.query(owner, doors)).toEqual(before);
  });

  test("a login without any such right can refuse nobody, and says whom", async () => {
    await postgres.query(asSuperuser(), "ALTER DATABASE team OWNER TO postgres");
    const { plan, refused, admitted } = await refuse(postgres, owner);
    await postgres.query(asSuperuser(), "ALTER DATABASE team OWNER TO team");
    expect({ plan, refused, admitted }).toEqual({ plan: { roles: [] }, refused: [], admitted: ["app"] });
  });

  test("a role that was dropped meanwhile is no error", async () => {
    await postgres.query(asSuperuser(), "CREATE ROLE passing LOGIN; ALTER ROLE team CREATEROLE");
    await postgres.query(owner, "GRANT INSERT ON lines TO passing");
    const { plan, refused } = await refuse(postgres, owner);
    expect(refused).toEqual(["app", "passing"]);
    await postgres.query(owner, "REVOKE INSERT ON lines FROM passing");
    await postgres.query(asSuperuser(), "DROP ROLE passing");
    await accept(postgres, owner, plan);
    await connect("app");
  });
});
