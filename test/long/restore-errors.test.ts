/** Restores that fail on their way: nothing of them goes live, and the live database keeps running. */
import { setTimeout as sleep } from "node:timers/promises";
import { eventually, kubectl, sql } from "../support/cluster";
import { clusters, databasesOf, now } from "../support/databases";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
afterAll(async () => {
  await sql("DROP TABLE IF EXISTS kept");
  await stack.leave();
});

let given: string;
let server: string | undefined;

beforeAll(async () => {
  ({ live: given, server } = await databasesOf(stack, "prism"));
  // The table belongs to the owner, who takes the dumps.
  await sql("DROP TABLE IF EXISTS kept; SET ROLE prism; CREATE TABLE kept (word text)");
  await sql("ALTER TABLE user_insights RENAME TO mislaid");
  stack.configure({ "prism:restore": { from: await now(), replaces: given } });
  await sleep(1000);
  await sql("ALTER TABLE mislaid RENAME TO user_insights");
  await sql("INSERT INTO kept VALUES ('later')");
});

test("what comes back and is not right does not go live, and the live database goes on", async () => {
  await stack.upFails("table user_insights is missing", /prism +stopped in restore \(prism-restored\)/);
  expect(await databasesOf(stack, "prism")).toMatchObject({ live: given, server, givenUp: [] });
  const hibernation = "jsonpath={.metadata.annotations.cnpg\\.io/hibernation}";
  expect(await kubectl("get", "cluster.postgresql.cnpg.io", "-n", "prism", given, "-o", hibernation)).toBe("off");
});

test("without the restore its database is gone, and the live one has later writes", async () => {
  stack.configure({ "prism:restore": undefined });
  await stack.upSucceeds();
  expect(await clusters("prism")).toBe(given);
  const words = () => sql("SELECT string_agg(word, ' ') FROM kept");
  await eventually(
    "no pod of the other one is left, and what was written is there",
    async () => (await words()) === "later",
  );
});
