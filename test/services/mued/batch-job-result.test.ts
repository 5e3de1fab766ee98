/** "Verify Batch Job Results", for the stand-in's batch job and for that of an application that counts its days in UTC. */
import { calculated } from "../../../systems/mued/metrics";
import { muedConfiguration } from "../../../systems/mued/settings";
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

const zone = { timeZone: "America/Los_Angeles" };
const result = (application: object) =>
  runChecks(calculated(declared(muedConfiguration, application, zone)), {
    environment: mued.postgres.environment(mued.owner),
  });

test.each([
  ["the day before in UTC, which is not over in the stack's time zone", "2025-10-29T01:00Z", 1, 0],
  ["a day that is over in both", "2025-10-29T12:00Z", 0, 0],
  ["a day that is over in neither", "2025-10-28T12:00Z", 1, 1],
])("%s", async (_, createdAt, ofStandIn, ofApplication) => {
  await mued.query("DELETE FROM rag_metrics_history");
  await mued.query(
    "INSERT INTO rag_metrics_history (date, total_queries, slo_compliance, created_at) VALUES ('2025-10-28', 0, '{}', $1)",
    [createdAt],
  );
  expect((await result({ standIn: true })).code).toBe(ofStandIn);
  expect((await result({ app: "mued" })).code).toBe(ofApplication);
});
