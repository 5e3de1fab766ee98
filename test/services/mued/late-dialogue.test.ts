/** The clean-up of MUED's smoke tests, with an application that logs its dialogues late, or not at all. */
import { muedConfiguration } from "../../../systems/mued/settings";
import { smokeTests } from "../../../systems/mued/checks";
import { runChecks } from "../../support/checks-runner";
import { declared } from "../../support/declared";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { muedSystem } from "./mued";

jest.setTimeout(60_000);

let mued: SystemDatabase;
startSystem(muedSystem, async (created) => {
  mued = created;
  await mued.sqitch("deploy", "--verify");
});

const { cleanup } = smokeTests(declared(muedConfiguration, { app: "mued" }));
const cleanUp = () =>
  runChecks(cleanup, { environment: { ...mued.postgres.environment(mued.app), DEPLOYMENT: "1a2b3c4d" } });
const log = (query: string) =>
  mued.query(
    "INSERT INTO ai_dialogue_log (session_id, query, response, citations) VALUES (gen_random_uuid(), $1, 'r', '[]')",
    [query],
  );
const logged = async () =>
  (await mued.query<{ query: string }>("SELECT query FROM ai_dialogue_log")).map(({ query }) => query);

test("a dialogue that is logged late is removed, those of killed tests, and no other", async () => {
  const others = ["Test query: smoke test of a user", "What is RAG?"];
  for (const query of [...others, "Test query: smoke test 00000000"]) await log(query);
  const result = cleanUp();
  setTimeout(() => void log("Test query: smoke test 1a2b3c4d"), 4000);
  expect(await result).toMatchObject({ code: 0, stderr: "" });
  expect(await logged()).toEqual(others);
});

test("an application that logs none does not fail", async () =>
  expect(await cleanUp()).toMatchObject({ code: 0, stderr: "" }));
