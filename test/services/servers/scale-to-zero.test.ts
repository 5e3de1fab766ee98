/** Neon's suspension of an idle server, and its start by the next connection. */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../lab/command";
import { failureOf } from "../failure";
import { NeonPostgres, type NeonOptions } from "../neon";
import { psql, Sessions, value, verified } from "./sessions";

jest.setTimeout(60_000);

const servers: NeonPostgres[] = [];
const sessions = new Sessions();

async function start(options: NeonOptions): Promise<NeonPostgres> {
  const neon = await NeonPostgres.start(options);
  servers.push(neon);
  return neon;
}

afterEach(async () => {
  await sessions.close();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function untilSuspended(neon: NeonPostgres): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!neon.suspended) {
    if (Date.now() > deadline) throw new Error("the server is not suspended after 20 s");
    await sleep(50);
  }
}

test("an idle server is suspended, and the next connection waits until it runs again", async () => {
  const neon = await start({ suspendAfter: 2000, startDelay: 2000 });
  await psql(neon.url("direct"), "CREATE TABLE kept AS SELECT 18 AS number");
  await untilSuspended(neon);
  const began = Date.now();
  expect(await psql(neon.url("direct"), "SELECT number FROM kept")).toBe("18");
  expect(Date.now() - began).toBeGreaterThan(1_900);
  expect(neon.starts).toBe(1);
  await untilSuspended(neon);
  expect(await psql(neon.url("pooled"), "SELECT number FROM kept")).toBe("18");
  expect(neon.starts).toBe(2);
});

test("a suspension ends idle sessions at both addresses", async () => {
  const neon = await start({ suspendAfter: 2000 });
  const direct = await sessions.open(verified(neon.url("direct"), neon.caFile));
  const pooled = await sessions.open(verified(neon.url("pooled"), neon.caFile));
  const errors: string[] = [];
  direct.on("error", (error) => errors.push(error.message));
  await value(pooled, "SELECT 1");
  await untilSuspended(neon);
  await expect(direct.query("SELECT 1")).rejects.toThrow("Client has encountered a connection error");
  await expect(pooled.query("SELECT 1")).rejects.toThrow("Client has encountered a connection error");
  expect(errors).toContain("terminating connection due to administrator command");
  expect(neon.starts).toBe(0);
});

test("a running query and an open transaction keep the server awake", async () => {
  const neon = await start({ suspendAfter: 2000 });
  const client = await sessions.open(verified(neon.url("direct"), neon.caFile));
  await client.query("SELECT pg_sleep(3)");
  await client.query("BEGIN");
  await sleep(3000);
  expect(await value(client, "SELECT 1")).toBe(1);
  expect(neon.suspended).toBe(false);
  await client.query("COMMIT");
  await untilSuspended(neon);
});

test("connections that come together start the server once", async () => {
  const neon = await start({ startDelay: 500 });
  await neon.suspend();
  const url = neon.url("pooled");
  expect(
    await Promise.all([psql(neon.url("direct"), "SELECT 1"), psql(url, "SELECT 2"), psql(url, "SELECT 3")]),
  ).toEqual(["1", "2", "3"]);
  expect(neon.starts).toBe(1);
});

test("an impatient client fails, and its next try succeeds", async () => {
  const neon = await start({ startDelay: 4000 });
  await neon.suspend();
  const impatient = run("psql", [`${neon.url("direct")}&connect_timeout=2`, "--command", "SELECT 1"]);
  expect(await failureOf(impatient)).toContain("timeout expired");
  expect(await psql(neon.url("direct"), "SELECT 1")).toBe("1");
  expect(neon.starts).toBe(1);
});

test("a stop while the server starts leaves nothing behind", async () => {
  const neon = await start({ startDelay: 10_000 });
  await neon.suspend();
  const waiting = failureOf(psql(neon.url("direct"), "SELECT 1"));
  await sleep(200);
  const began = Date.now();
  await neon.stop();
  expect(Date.now() - began).toBeLessThan(5000);
  expect(await waiting).toMatch(/closed the connection unexpectedly|Connection reset/);
  expect(existsSync(neon.postgres.directory)).toBe(false);
  expect(await failureOf(psql(neon.url("direct"), "SELECT 1"))).toContain("Connection refused");
});
