/** Connections of an existing database that are free for every pod. The server has 30, and keeps 3 of them for superusers. */
import type { Check } from "../../../components/checks/check";
import { asSuperuser } from "../postgres";
import { ask, besideOthers, ExistingServer, failed, passed } from "./server";

let server: ExistingServer;

beforeAll(async () => {
  server = await ExistingServer.start();
});
afterEach(() => server.stopPoolers());
afterAll(() => server.stop());

const connections = (pods: number, each: number): Check => ({
  ...{ name: "connections", logins: "find connections", pods, each, ours: 5 },
});

describe("connections for every pod", () => {
  test("are those that other roles do not hold", async () => {
    const urls = { url: server.url(), directUrl: server.direct() };
    expect(await ask(connections(2, 5), urls)).toEqual(passed("connections"));
    await besideOthers(server.direct("staging"), 4, async () =>
      expect(await ask(connections(2, 5), urls)).toEqual(
        failed(
          "connections",
          "needs 25 connections (5 x 2 pods x 2 during rollouts, + 5 for migrations, dumps and checks); 22 are free, beside 5 that others hold",
        ),
      ),
    );
  });

  test("those that the application holds already are free for it", async () => {
    const urls = { url: server.url(), directUrl: server.direct() };
    await besideOthers(urls.url, 8, async () =>
      expect(await ask(connections(2, 5), urls)).toEqual(passed("connections")),
    );
  });

  test("are the pooler's business in transaction mode, but for the migrations' own", async () => {
    const urls = { url: await server.pool("transaction", 5), directUrl: server.direct() };
    expect(await ask(connections(50, 10), urls)).toEqual(passed("connections"));
    await server.postgres.query(asSuperuser(), "ALTER DATABASE data CONNECTION LIMIT 4");
    const { stderr } = await ask(connections(50, 10), urls);
    expect(stderr).toMatch(
      /^FAILED connections: needs 5 connections \(5 for migrations, dumps and checks\); 4 are free, beside \d that others hold\n$/,
    );
    await server.postgres.query(asSuperuser(), "ALTER DATABASE data CONNECTION LIMIT -1");
  });

  test("are no more than the role may have", async () => {
    await server.postgres.query(asSuperuser(), "ALTER ROLE app CONNECTION LIMIT 10");
    const urls = { url: server.url(), directUrl: server.direct() };
    expect(await ask(connections(1, 5), urls)).toEqual(passed("connections"));
    expect(await ask(connections(1, 6), urls)).toEqual(
      failed("connections", "needs 12 connections (6 x 1 pods x 2 during rollouts); the role app may have 10"),
    );
    await server.postgres.query(asSuperuser(), "ALTER ROLE app CONNECTION LIMIT -1");
  });
});
