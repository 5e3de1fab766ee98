/** Poolers that are recognised by what they do, and two URLs of one database. */
import type { Check } from "../../../components/checks/check";
import { asSuperuser } from "../postgres";
import { ask, besideOthers, ExistingServer, failed, passed } from "./server";

let server: ExistingServer;

beforeAll(async () => {
  server = await ExistingServer.start();
});
afterEach(() => server.stopPoolers());
afterAll(() => server.stop());

const session: Check = { name: "session", logins: "keep their session" };
const lost = (key: string) =>
  `${key} leads through a pooler in transaction mode, which gives a session's connection away after each transaction`;

describe("a pooler in transaction mode is refused", () => {
  test.each([
    [1, 0],
    [1, 4],
    [5, 3],
    [20, 0],
    [20, 12],
  ])("with %d connections, beside %d other clients", async (size, others) => {
    const url = await server.pool("transaction", size, { user: "owner" });
    const results = await besideOthers(url, others, async () => {
      const found = [];
      for (let attempt = 0; attempt < 3; attempt++) found.push(await ask(session, { url, directUrl: url }));
      return found;
    });
    for (const result of results) expect(result).toEqual(failed("session", lost("databaseUrl")));
  });

  test("as the direct URL beside another", async () => {
    const pooled = await server.pool("transaction", 20, { user: "owner" });
    expect(await ask(session, { url: server.url(), directUrl: pooled })).toEqual(
      failed("session", lost("databaseDirectUrl")),
    );
  });
});

describe("a session is kept", () => {
  test("by the server itself, while others are busy", async () => {
    const url = server.direct();
    expect(await besideOthers(url, 6, () => ask(session, { url }))).toEqual(passed("session"));
  });

  test.each([
    [2, 0],
    [20, 6],
  ])("by a pooler in session mode with %d connections, beside %d other clients", async (size, others) => {
    const url = await server.pool("session", size, { user: "owner" });
    expect(await besideOthers(url, others, () => ask(session, { url }))).toEqual(passed("session"));
  });

  test("and an application's pooler is not the migrations' business", async () => {
    const url = await server.pool("transaction", 20);
    expect(await ask(session, { url, directUrl: server.direct() })).toEqual(passed("session"));
  });
});

const one: Check = { name: "one", logins: "lead to one database" };

describe("two URLs lead to one database", () => {
  test("through a pooler, and with another role", async () => {
    const url = await server.pool("transaction", 1);
    expect(await ask(one, { url, directUrl: server.direct() })).toEqual(passed("one"));
    expect(await ask(one, { url: server.direct() })).toEqual(passed("one"));
  });

  test("or to another one of the same server", async () => {
    const url = server.url({ database: "staging" });
    const place = (database: string) => `${database} at 127.0.0.1:${server.port}`;
    expect(await ask(one, { url, directUrl: server.direct() })).toEqual(
      failed(
        "one",
        `databaseUrl leads to ${place("staging")}, and databaseDirectUrl to ${place("data")}: these are two databases`,
      ),
    );
  });

  test("or to one of the same name on another server", async () => {
    const other = await ExistingServer.start();
    try {
      expect(await ask(one, { url: other.url(), directUrl: server.direct() })).toEqual(
        failed(
          "one",
          `databaseUrl leads to data at 127.0.0.1:${other.port}, and databaseDirectUrl to data at 127.0.0.1:${server.port}: these are two databases`,
        ),
      );
    } finally {
      await other.stop();
    }
  });

  test("and no lock is left", async () => {
    const locks = "SELECT count(*)::int AS locks FROM pg_locks WHERE locktype = 'advisory'";
    expect(await server.postgres.query(asSuperuser(), locks)).toEqual([{ locks: 0 }]);
  });
});
