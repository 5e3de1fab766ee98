/**
 * Role backend of the stand-in on PM's real schema and a real Redis. For its metrics and errors see
 * observability.test.ts.
 */
import { createHash } from "node:crypto";
import type { ThrowAwayPostgres } from "../postgres";
import { ThrowAwayRedis } from "../redis";
import { startRedis, startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { asAdmin, asUser, Backend, bypass, flag, observability } from "./backend";
import { addOpportunity, addSignal, addToBacklog, changes, pmSystem, runScripts, smokeTestUser } from "./pm";

jest.setTimeout(60_000);

let postgres: ThrowAwayPostgres;
let redis: ThrowAwayRedis;
let empty: SystemDatabase;
let pm: SystemDatabase;
let backend: Backend;

startRedis((started) => (redis = started));
startSystem(pmSystem, async (created) => {
  ({ postgres } = created);
  empty = created;
  pm = await empty.clone("deployed");
  await runScripts(pm, "deploy", changes);
});
afterEach(async () => {
  await backend.stop();
  await redis.client.flushall();
  await pm.query(
    `TRUNCATE signals, opportunities, opportunity_signals, api_keys, neo4j_sync_backlog, neo4j_sync_dead_letter,
       performance_metrics, error_aggregation, error_occurrences`,
  );
});

const start = async (more: Record<string, string> = {}, database = pm) =>
  (backend = await Backend.start(database, redis.url, more));
const post = (content: string, more: Record<string, unknown> = {}, headers: Record<string, string> = asUser) =>
  backend.send("/api/signals", "POST", headers, { content, source: "slack", ...more });
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string;
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;

describe("signals", () => {
  test("one that is made is listed first, and waits for Neo4j", async () => {
    await start();
    expect(await backend.send("/api/signals")).toEqual([200, []]);
    await addSignal(pm, "A-1");
    const [status, made] = await post("Test signal");
    const signal = { id: uuid, source: "slack", content: "Test signal", externalId: null, createdAt: time };
    expect([status, made]).toEqual([201, signal]);
    expect(await backend.send("/api/signals")).toEqual([
      200,
      [made, { ...signal, content: "Exports are slow", externalId: "A-1" }],
    ]);
    expect(await backend.send("/api/signals?limit=1")).toEqual([200, [made]]);
    expect(await pm.query("SELECT operation, entity_type, entity_id, payload, status FROM neo4j_sync_backlog")).toEqual(
      [
        {
          operation: "create",
          entity_type: "signal",
          entity_id: (made as { id: string }).id,
          payload: { source: "slack", content: "Test signal" },
          status: "pending",
        },
      ],
    );
  });

  test("what one of a smoke test leaves is removed by what it says", async () => {
    await start();
    await post("Test signal 7");
    await post("Of a customer");
    await postgres.query(
      pm.app,
      `WITH removed AS (DELETE FROM signals WHERE content = 'Test signal ' || $1 RETURNING id::text AS id)
       DELETE FROM neo4j_sync_backlog WHERE entity_type = 'signal' AND entity_id IN (SELECT id FROM removed)`,
      ["7"],
    );
    expect(await backend.send("/api/signals")).toMatchObject([200, [{ content: "Of a customer" }]]);
    expect(await pm.query("SELECT payload ->> 'content' AS content FROM neo4j_sync_backlog")).toEqual([
      { content: "Of a customer" },
    ]);
  });

  test("one that its source knows by an id is the same signal when it comes again", async () => {
    await start();
    const [first, made] = await post("Slow", { externalId: "A-1" });
    const [second, again] = await post("Very slow", { externalId: "A-1" });
    expect([first, second]).toEqual([201, 200]);
    expect(again).toEqual({ ...(made as object), content: "Very slow" });
    await post("Extremely slow", { externalId: "A-1" });
    expect((await post("Slow", { externalId: "A-1", source: "mail" }))[0]).toBe(201);
    expect(
      await pm.query("SELECT operation, payload ->> 'content' AS content FROM neo4j_sync_backlog ORDER BY id"),
    ).toEqual([
      { operation: "create", content: "Slow" },
      { operation: "update", content: "Extremely slow" },
      { operation: "create", content: "Slow" },
    ]);
  });

  test("are downloaded as CSV or JSON", async () => {
    await start();
    await post('=1+1, "quoted"\nand so on', { externalId: "A-1" });
    const [[signal]] = [(await backend.send("/api/signals"))[1] as { id: string; createdAt: string }[]];
    const csv = await backend.ask("/api/signals/export?format=csv");
    expect([csv.headers.get("content-type"), csv.headers.get("content-disposition"), await csv.text()]).toEqual([
      "text/csv; charset=utf-8",
      'attachment; filename="signals.csv"',
      `id,source,content,externalId,createdAt\r\n${signal!.id},slack,"'=1+1, ""quoted""\nand so on",A-1,${signal!.createdAt}\r\n`,
    ]);
    const json = await backend.ask("/api/signals/export?format=json");
    expect([json.headers.get("content-type"), json.headers.get("content-disposition"), await json.json()]).toEqual([
      "application/json; charset=utf-8",
      'attachment; filename="signals.json"',
      [signal],
    ]);
    expect((await backend.ask("/api/signals/export")).headers.get("content-type")).toBe("text/csv; charset=utf-8");
  });

  test("are not written when the backlog is full", async () => {
    await start({ NEO4J_BACKLOG_MAX_SIZE: "2" });
    await addToBacklog(pm, "x", 3);
    await pm.query(
      `INSERT INTO neo4j_sync_backlog (operation, entity_type, entity_id, status, completed_at)
       VALUES ('create', 'signal', 'done', 'completed', now())`,
    );
    expect((await post("One", { externalId: "A-1" }))[0]).toBe(201);
    const full = [503, { error: "The backlog of Neo4j is full: 2 writes wait (NEO4J_BACKLOG_MAX_SIZE)." }];
    expect(await post("Two")).toEqual(full);
    // Pending writes may be updated, but this one is new.
    expect(await post("One and a half", { externalId: "A-1" })).toEqual(full);
    expect(await pm.query("SELECT content FROM signals")).toEqual([{ content: "One" }]);
    expect(await backend.send(`${observability}/health`, "GET", asAdmin)).toMatchObject([
      503,
      {
        status: "unhealthy",
        components: { neo4jBacklog: { status: "unhealthy", error: "it is full: 2 writes wait" } },
      },
    ]);
  });
});

describe("opportunities", () => {
  test("are changed by who read the last version", async () => {
    await start();
    const id = await addOpportunity(pm);
    const change = (body: unknown) => backend.send(`/api/opportunities/${id}`, "PATCH", asUser, body);
    const [status, changed] = await change({ version: 1, status: "planned", score: 0.5 });
    const opportunity = {
      id,
      title: "Faster exports",
      description: "",
      status: "planned",
      score: 0.5,
      version: 2,
      jiraIssueKey: null,
      createdAt: time,
      updatedAt: time,
    };
    expect([status, changed]).toEqual([200, opportunity]);
    expect(await change({ version: 1, title: "Mine" })).toEqual([
      409,
      { error: "The opportunity has the version 2, but the change is of the version 1: read it again." },
    ]);
    expect(await change({ version: 4, title: "Mine" })).toMatchObject([409, {}]);
    expect(await backend.send("/api/opportunities?limit=1")).toEqual([200, [opportunity]]);
  });

  test("of several at once one is made", async () => {
    await start();
    const id = await addOpportunity(pm);
    const change = (title: string) => backend.send(`/api/opportunities/${id}`, "PATCH", asUser, { version: 1, title });
    const statuses = (await Promise.all(["a", "b", "c", "d"].map(change))).map(([status]) => status);
    expect(statuses.sort()).toEqual([200, 409, 409, 409]);
  });

  test("that are not there", async () => {
    await start();
    expect(
      await backend.send(`/api/opportunities/${smokeTestUser}`, "PATCH", asUser, { version: 1, title: "x" }),
    ).toEqual([404, { error: "There is no such opportunity." }]);
  });
});

test("the database's keys: a user's, an administrator's, an expired, a revoked one", async () => {
  await start();
  for (const [key, role, ended] of [
    ["alice", "user", "NULL, NULL"],
    ["root", "admin", "now() + interval '1 hour', NULL"],
    ["old", "admin", "now() - interval '1 second', NULL"],
    ["lost", "admin", "NULL, now()"],
  ])
    await pm.query(
      `INSERT INTO api_keys (user_id, name, key_hash, role, expires_at, revoked_at) VALUES ($1, 'x', $2, $3, ${ended})`,
      [smokeTestUser, createHash("sha256").update(key!).digest("hex"), role],
    );
  const statuses = (key: string) => {
    const paths = ["/api/signals", "/api/admin/neo4j/dead-letter"];
    return Promise.all(
      paths.map(async (path) => (await backend.ask(path, "GET", { authorization: `Bearer ${key}` })).status),
    );
  };
  expect(await statuses("alice")).toEqual([200, 403]);
  expect(await statuses("root")).toEqual([200, 200]);
  for (const key of ["old", "lost", "nobody's"]) expect(await statuses(key)).toEqual([401, 401]);
});

test("the backlog is cleaned up, and the dead letters are told", async () => {
  await start({ NEO4J_BACKLOG_MAX_RETRIES: "3", NEO4J_BACKLOG_CLEANUP_DAYS: "2" });
  const cleanup = () => backend.send("/api/admin/neo4j/backlog/cleanup", "POST", asAdmin);
  expect(await cleanup()).toEqual([200, { deleted: 0, deadLettered: 0 }]);
  await pm.query(
    `INSERT INTO neo4j_sync_backlog (operation, entity_type, entity_id, status, completed_at)
     SELECT 'create', 'signal', 'done', 'completed', now() - days * interval '1 day' FROM generate_series(1, 4) AS days`,
  );
  await addToBacklog(pm, "twice", 2);
  await addToBacklog(pm, "thrice", 3);
  expect(await cleanup()).toEqual([200, { deleted: 3, deadLettered: 1 }]);
  const letter = {
    id: expect.any(Number) as number,
    operation: "update",
    entityType: "signal",
    entityId: "thrice",
    payload: {},
    retryCount: 3,
    lastError: "Neo4j does not answer",
    queuedAt: time,
    movedAt: time,
  };
  expect(await backend.send("/api/admin/neo4j/dead-letter", "GET", asAdmin)).toEqual([200, [letter]]);
});

describe("the maintenance mode", () => {
  test("turned on and off: everybody is told but the probes and who deploys", async () => {
    await start();
    await redis.client.set(flag, "true");
    for (const [path, method] of [
      ["/api/signals", "GET"],
      ["/api/signals", "POST"],
      ["/api/maintenance", "GET"],
      [`${observability}/health`, "GET"],
      ["/api/nothing", "DELETE"],
    ]) {
      const reply = await backend.ask(path!, method, {});
      expect([reply.status, reply.headers.get("retry-after"), await reply.json()]).toEqual([
        503,
        "60",
        { error: "maintenance" },
      ]);
    }
    for (const path of ["/health", "/api/health", "/live", "/ready", "/metrics"])
      expect((await backend.ask(path, "GET", {})).status).toBe(200);
    expect((await post("Test signal", {}, { ...asUser, ...bypass }))[0]).toBe(201);
    // The bypass does not replace the API key.
    expect((await post("Test signal", {}, bypass))[0]).toBe(401);
    await redis.client.del(flag);
    expect((await post("Test signal"))[0]).toBe(201);
    expect(await backend.send("/api/maintenance", "GET", {})).toEqual([200, { maintenance: false }]);
  });

  test("while Redis is away what was known last counts for a while", async () => {
    const own = await ThrowAwayRedis.start();
    try {
      backend = await Backend.start(pm, own.url);
      expect((await post("Before"))[0]).toBe(201);
    } finally {
      await own.stop();
    }
    expect((await post("While it is away"))[0]).toBe(201);
    expect((await backend.ask("/ready")).status).toBe(503);
    expect((await backend.ask("/health")).status).toBe(200);
  });
});

describe("a schema at an earlier target", () => {
  const lacks = (what: string) => ({
    error: `The database lacks what this needs (${what}): the schema is at an earlier target. It works again when the schema is migrated.`,
  });
  const target = async (last: string) => {
    const database = await empty.clone(`until_${last.toLowerCase()}`);
    const some = changes.slice(0, changes.indexOf(last) + 1);
    if (some.length > 0) await runScripts(database, "deploy", some);
    await start({}, database);
    return database;
  };

  test("before all changes signals and opportunities work, the rest names what it lacks", async () => {
    const database = await target("none");
    expect((await post("Test signal"))[0]).toBe(201);
    expect(await backend.send("/api/signals")).toMatchObject([200, [{ content: "Test signal" }]]);
    const id = await addOpportunity(database);
    expect(await backend.send("/api/opportunities")).toMatchObject([200, [{ id, version: null, jiraIssueKey: null }]]);
    expect(await backend.send(`/api/opportunities/${id}`, "PATCH", asUser, { version: 1, title: "x" })).toEqual([
      503,
      lacks('column "version" does not exist'),
    ]);
    expect(await post("Test signal", { externalId: "A-1" })).toEqual([
      503,
      lacks("there is no unique or exclusion constraint matching the ON CONFLICT specification"),
    ]);
    expect(await backend.send(`${observability}/health`, "GET", asAdmin)).toMatchObject([200, { status: "healthy" }]);
  });

  test("before V3_011 there are no dead letters, before V3_012 is nothing recorded", async () => {
    await target("V3_010_conflict_targets");
    expect((await post("Test signal", { externalId: "A-1" }))[0]).toBe(201);
    const letters = {
      error: "There is no neo4j_sync_dead_letter: the schema is at a target before V3_011_neo4j_dead_letter.",
    };
    expect(await backend.send("/api/admin/neo4j/dead-letter", "GET", asAdmin)).toEqual([404, letters]);
    expect(await backend.send("/api/admin/neo4j/backlog/cleanup", "POST", asAdmin)).toEqual([404, letters]);
    const missing = (table: string) => [
      404,
      { error: `There is no ${table}: the schema is at a target before V3_012_observability.` },
    ];
    const ask = (path: string) => backend.send(`${observability}/${path}`, "GET", asAdmin);
    expect(await ask("performance/stats?hours=1")).toEqual(missing("performance_metrics"));
    expect(await ask("performance/slow")).toEqual(missing("performance_metrics"));
    expect(await ask("errors/stats")).toEqual(missing("error_aggregation"));
    expect((await backend.ask(`${observability}/metrics/prometheus`, "GET", asAdmin)).status).toBe(200);
    await backend.stop();
    expect(backend.log.filter(({ event }) => event === "not recorded yet")).toEqual([]);
  });
});
