/** Upgrade from PostgreSQL 17 to 18 by a dump. Then a restore to a moment of 17, whose archive 18 cannot read. */
import { ctr } from "../../lab/cluster";
import { importArchives, nextMajor } from "../../lab/images";
import { kubectl, runNow, sql } from "../support/cluster";
import { clusters, databasesOf, now } from "../support/databases";
import { expectUpUnchanged } from "../support/drift";
import { FaultyStack } from "../support/faulty-stack";

const [of17, of18] = ["runsheet.lab/postgresql:17", "runsheet.lab/postgresql:18"];
const stack = new FaultyStack();
const configured = stack.configured("prism:postgres") as object;
let given: string;
let server: string | undefined;
let moment: string;

beforeAll(async () => {
  await importArchives([await nextMajor()], ctr);
  await stack.upSucceeds();
  ({ live: given, server } = await databasesOf(stack, "prism"));
  await sql("DROP TABLE IF EXISTS kept; SET ROLE prism; CREATE TABLE kept (word text)");
  await sql("INSERT INTO kept VALUES ('of 17')");
  moment = await now();
});
afterAll(async () => {
  await sql("DROP TABLE IF EXISTS kept");
  await stack.leave();
});

const major = () => sql("SELECT current_setting('server_version_num')::int / 10000");
const imageOf = (name: string) =>
  kubectl("get", "cluster.postgresql.cnpg.io", "-n", "prism", name, "-o", "jsonpath={.spec.imageName}");

test("the image alone is refused, and nothing is changed", async () => {
  stack.configure({ "prism:postgres": { ...configured, image: of18 } });
  await stack.upFails(
    "existing data cannot be changed as configured; nothing was changed:",
    `prism:postgres.image: ${of18} is PostgreSQL 18, and the database ${given} is of 17: another image does not convert it. ` +
      'Set an image of 17; to go to 18, restore a dump with the new image (docs/recovery.md, "Another major version")',
  );
  expect(await imageOf(given)).toBe(of17);
});

test("a dump of 17 comes back in 18, with a base backup and statistics of its own", async () => {
  const log = await runNow("prism", "prism-dump-scheduled");
  const [, dump = ""] = /^stored (\S+)\.dump and read it back/m.exec(log) ?? [];
  stack.configure({ "prism:restore": { from: dump, replaces: given } });
  await stack.upSucceeds();

  const { live, givenUp } = await databasesOf(stack, "prism");
  expect(await major()).toBe("18");
  expect(await sql("SELECT word FROM kept")).toBe("of 17");
  expect(await sql("SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'kept'")).toBe("t");
  expect(givenUp.map(({ name, image }) => [name, image])).toEqual([[given, of17]]);
  expect(await imageOf(given)).toBe(of17);
  const phases = await kubectl(
    ...["get", "backups.postgresql.cnpg.io", "-n", "prism", "-l", `cnpg.io/cluster=${live}`],
    ...["-o", "jsonpath={.items[*].status.phase}"],
  );
  expect(phases).toContain("completed");
  // The next `up` deletes the restore's own resources.
  expect(await stack.upSucceeds()).not.toMatch(/replac|created/);
  await expectUpUnchanged(stack);
  // Dumps of PostgreSQL 18 are verified as well.
  expect(await runNow("prism", "prism-dump-scheduled")).toMatch(/^verified dump/m);
});

test("back to a moment of 17: refused with an image of 18, done with one of 17", async () => {
  const { live } = await databasesOf(stack, "prism");
  const restore = { from: moment, replaces: live, server };
  stack.configure({ "prism:restore": restore });
  await stack.upFails(
    `prism:restore: the archive ${server} is of PostgreSQL 17, which ${of18} cannot read. Set prism:postgres.image to one of 17`,
  );
  stack.configure({ "prism:postgres": configured });
  await stack.upSucceeds();
  expect(await major()).toBe("17");
  expect(await sql("SELECT word FROM kept")).toBe("of 17");
});

test("the others go when they are discarded", async () => {
  const { live, givenUp } = await databasesOf(stack, "prism");
  stack.configure({ "prism:restore": undefined, "prism:discard": givenUp.map(({ name }) => name) });
  await stack.upSucceeds();
  expect(await clusters("prism")).toBe(live);
  stack.configure({ "prism:discard": undefined });
  await expectUpUnchanged(stack);
});
