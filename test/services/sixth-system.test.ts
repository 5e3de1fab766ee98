/** Changes of the sixth system, which docs/adding-a-system.md builds. */
import { join } from "node:path";
import { fixture } from "../support/sixth-system";
import { startSystem } from "./started";
import type { SystemDatabase, SystemDefinition } from "./system-database";

const directory = join(fixture, "systems", "helpdesk");
const changes = ["tickets", "open_tickets_index"];

let helpdesk: SystemDatabase;

const helpdeskSystem: SystemDefinition = {
  name: "helpdesk",
  directory,
  roles: "CREATE ROLE helpdesk_app LOGIN; CREATE ROLE helpdesk_read_only LOGIN",
  baseline: [join(directory, "baseline.sql")],
  changes,
  tables: ["tickets"],
};
startSystem(helpdeskSystem, (created) => (helpdesk = created));

test("they are deployed and verified, and the application writes tickets", async () => {
  await helpdesk.sqitch("deploy", "--verify");
  expect(await helpdesk.deployed()).toEqual(changes);
  const [ticket] = await helpdesk.postgres.query(
    helpdesk.app,
    "INSERT INTO tickets (subject) VALUES ('First') RETURNING subject, status",
  );
  expect(ticket).toEqual({ subject: "First", status: "open" });
});

test("they are reverted in reverse order, and deployed again", async () => {
  await helpdesk.sqitch("revert", "-y");
  expect(await helpdesk.existingTables()).toEqual([]);
  await helpdesk.sqitch("deploy", "--verify");
  expect(await helpdesk.deployed()).toEqual(changes);
});
