/** Restores of a database by the stack's configuration: to a point in time, and from a dump. */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { objectStore } from "../../lab/cluster/components";
import { bucketDirectory } from "../../lab/cluster/object-store";
import { applied } from "../support/changes";
import { eventually, kubectl, logsOf, runNow, sql, type System } from "../support/cluster";
import { flipped } from "../support/damage";
import { clusters, databasesOf, now } from "../support/databases";
import { expectUpUnchanged } from "../support/drift";
import { FaultyStack } from "../support/faulty-stack";
import { execute } from "../support/workspace";

const stack = new FaultyStack();
afterAll(async () => {
  await sql("DROP TABLE IF EXISTS kept");
  await sql(unmade, "omniops");
  await stack.leave();
});

/** SQL that reverts `madeByHand` in the live database. */
const unmade = `
  DROP TABLE IF EXISTS contacts, of_metabase; DROP EXTENSION IF EXISTS citext; DROP FUNCTION IF EXISTS of_the_dba();
  ALTER DATABASE omniops RESET timezone; ALTER TABLE escalation_rules NO FORCE ROW LEVEL SECURITY;
  SELECT lo_unlink(oid) FROM pg_largeobject_metadata; DROP ROLE IF EXISTS metabase_ro`;

/** Name in the object store of the newest dump before a system's migrations. */
function dumpOf(system: System): string {
  const folder = join(bucketDirectory(objectStore), "local", system, "dumps/before-migration");
  const age = (name: string) => Date.now() - statSync(join(folder, name)).mtimeMs;
  const dumps = readdirSync(folder).filter((name) => name.endsWith(".dump"));
  const newest = dumps.sort((one, other) => age(one) - age(other))[0]!;
  return `before-migration/${newest.replace(/\.dump$/, "")}`;
}
/** Removes the last segment but one of a server's WAL from the archive. The returned function puts it back. */
function mislaySegment(system: System, server: string): () => void {
  const log = join(bucketDirectory(objectStore), "local", system, "archive", server, "wals");
  const segments = (readdirSync(log, { recursive: true }) as string[]).filter((name) =>
    /\/[0-9A-F]{24}\.lz4$/.test(name),
  );
  const segment = join(log, segments.sort().at(-2)!);
  const content = readFileSync(segment);
  rmSync(segment);
  return () => writeFileSync(segment, content);
}

/** Manual changes of a database. Earlier dumps failed on each of them, or did not restore it. */
const madeByHand = `
  CREATE EXTENSION citext; CREATE TABLE contacts (email citext PRIMARY KEY); INSERT INTO contacts VALUES ('A@example.org');
  CREATE ROLE metabase_ro LOGIN; GRANT SELECT ON contacts TO metabase_ro;
  CREATE FUNCTION of_the_dba() RETURNS int LANGUAGE sql AS 'SELECT 7';
  ALTER DATABASE omniops SET timezone = 'Asia/Tokyo';
  ALTER TABLE escalation_rules FORCE ROW LEVEL SECURITY;
  CREATE TABLE of_metabase (n int); ALTER TABLE of_metabase OWNER TO metabase_ro;
  SET ROLE omniops_app; SELECT lo_from_bytea(0, 'abc')`;
const foundOfIt = `
  SELECT (SELECT count(*) FROM contacts WHERE email = 'a@EXAMPLE.org'), has_table_privilege('metabase_ro', 'contacts', 'SELECT'),
    (SELECT rolcanlogin FROM pg_roles WHERE rolname = 'metabase_ro'), of_the_dba(), current_setting('timezone'),
    (SELECT convert_from(lo_get(oid), 'UTF8') FROM pg_largeobject_metadata),
    (SELECT tableowner FROM pg_tables WHERE tablename = 'of_metabase'),
    (SELECT relforcerowsecurity FROM pg_class WHERE relname = 'escalation_rules')`;

/** Image and storage that the stack's outputs record for each database. */
const made = { image: "runsheet.lab/postgresql:17", storage: "1Gi" };

describe("a table is dropped by mistake", () => {
  let given: string;
  let server: string | undefined;
  let givenOfMued: string;
  let givenOfOmniops: string;
  let nightly: string;
  let moment: string;

  beforeAll(async () => {
    ({ live: given, server } = await databasesOf(stack, "prism"));
    givenOfMued = (await databasesOf(stack, "mued")).live;
    givenOfOmniops = (await databasesOf(stack, "omniops")).live;
    // The table belongs to the owner, who takes the dumps.
    await sql("DROP TABLE IF EXISTS kept; SET ROLE prism; CREATE TABLE kept (word text)");
    await sql("INSERT INTO kept VALUES ('before')");
    moment = await now();
    await sleep(1000);
    await sql("INSERT INTO kept VALUES ('after')");
    await sql(madeByHand, "omniops");
    const log = await runNow("omniops", "omniops-dump-scheduled");
    [, nightly = ""] = /^stored (\S+)\.dump and read it back/m.exec(log) ?? [];
  });

  test("a live database that is not named is not given up: nothing is changed", async () => {
    stack.configure({ "prism:restore": { from: moment } });
    await stack.upFails(
      "the databases cannot be configured like this; nothing was changed:",
      `prism:restore.replaces: is missing, and the live database is ${given}. To give that up, name it; otherwise leave the restore out`,
    );
    expect(await clusters("prism")).toBe(given);
  });

  test("an unreachable moment, a hole in the WAL or a damaged dump stops nothing", async () => {
    const dump = dumpOf("pm");
    const file = join(bucketDirectory(objectStore), "local/pm/dumps", `${dump}.dump`);
    writeFileSync(file, flipped(readFileSync(file)));
    const omniops = await databasesOf(stack, "omniops");
    const putBack = mislaySegment("omniops", omniops.server!);
    stack.configure({
      "prism:restore": { from: "2020-01-01T00:00:00Z", replaces: given },
      "omniops:restore": { from: "latest", replaces: omniops.live },
      "pm:restore": { from: dump, replaces: (await databasesOf(stack, "pm")).live },
    });
    await stack.upFails(
      /the archive \S+ cannot restore 2020-01-01T00:00:00Z: 2020-01-01T00:00:00Z is before its first base backup/,
      /omniops\S* cannot restore latest: its WAL has a gap after the segment that arrived at \S+; a time before that can be restored/,
      `${dump}.dump is damaged: its sha256 differs from the manifest's. Restore another dump`,
      /prism +stopped in environment \(prism-restore-check\)/,
    );
    putBack();
    stack.configure({ "pm:restore": undefined, "omniops:restore": undefined });
    expect(await clusters("prism")).toBe(given);
    expect(await clusters("omniops")).toBe(omniops.live);
    expect(await clusters("pm")).toBe((await databasesOf(stack, "pm")).live);
    expect(await sql("SELECT string_agg(word, ' ') FROM kept")).toBe("before after");
  });

  test("it comes back as of that moment, verified; an interrupted up resumes it", async () => {
    await sql("DROP TABLE user_insights CASCADE");
    stack.configure({
      "prism:restore": { from: moment, replaces: given },
      "mued:restore": { from: dumpOf("mued"), replaces: givenOfMued },
      "omniops:restore": { from: nightly, replaces: givenOfOmniops },
    });
    const kill = stack.startUp();
    await eventually("it is being brought back", async () => (await clusters("prism")) !== given, 300);
    kill();
    const { code, output } = await execute("bash", ["lab/run.sh", "up"], stack.directory);
    if (code !== 0) throw new Error(output);
    expect(output).toMatch(/an earlier pulumi \(process \d+\) was killed: its lock on stack local is removed/);
    expect(await sql("SELECT string_agg(word, ' ') FROM kept")).toBe("before");
    expect(await sql("SELECT to_regclass('user_insights') IS NOT NULL")).toBe("t");
    expect(await logsOf("prism", "prism-restored")).toMatch(/^verified user_insights$/m);
    const { live, givenUp } = await databasesOf(stack, "prism");
    expect(live).toMatch(/^prism-postgresql-[0-9a-f]{6}$/);
    expect(givenUp).toEqual([{ name: given, server, ...made }]);
    const url = await kubectl(
      ...["get", "deployment", "-n", "prism", "prism-api", "-o"],
      "jsonpath={.spec.template.spec.containers[0].env[?(@.name=='DATABASE_URL')].valueFrom.secretKeyRef.name}",
    );
    expect(url).toBe(`${live}-prism-app`);
  });

  test("a dump from before the migrations comes back, and they are deployed again", async () => {
    const { live } = await databasesOf(stack, "mued");
    expect((await clusters("mued")).split(" ").sort()).toEqual([givenOfMued, live].sort());
    expect(await logsOf("mued", "mued-restore")).toMatch(/^restored into mued$/m);
    expect(await applied("mued", "0004_add_foreign_keys")).toBe(true);
    expect(await sql("SELECT count(*) > 0 FROM users", "mued")).toBe("t");
  });

  test("from a nightly dump all comes back that was made by hand", async () => {
    const { live } = await databasesOf(stack, "omniops");
    expect((await clusters("omniops")).split(" ").sort()).toEqual([givenOfOmniops, live].sort());
    expect(await sql(foundOfIt, "omniops")).toBe("1|t|f|7|Asia/Tokyo|abc|metabase_ro|t");
    expect(await logsOf("omniops", "omniops-restore")).toContain(
      "the role metabase_ro was made by hand: it is made again with its rights in this database, and without a login.",
    );
  });

  test.each(["prism", "mued", "omniops"] as const)(
    "%s was stopped when the database that replaces it was verified, and not before",
    async (system) => {
      const { givenUp } = await databasesOf(stack, system);
      const stopped = await kubectl(
        ...["get", "cluster.postgresql.cnpg.io", "-n", system, givenUp.at(-1)!.name, "-o"],
        "jsonpath={.status.conditions[?(@.type=='cnpg.io/hibernation')].lastTransitionTime}",
      );
      const verified = await kubectl(
        ...["get", "job", "-n", system, "-l", `app.kubernetes.io/name=${system}-restored`, "-o"],
        "jsonpath={.items[*].status.completionTime}",
      );
      expect(Date.parse(stopped)).toBeGreaterThanOrEqual(Date.parse(verified));
    },
  );

  test("the one that was given up is stopped and kept", async () => {
    const pods = await kubectl("get", "pods", "-n", "prism", "-l", `cnpg.io/cluster=${given}`, "-o", "name");
    expect(pods).toBe("");
    expect(await kubectl("get", "pvc", "-n", "prism", "-l", `cnpg.io/cluster=${given}`, "-o", "name")).not.toBe("");
  });

  test("the configuration may stay, and may go: nothing is replaced", async () => {
    const { live } = await databasesOf(stack, "prism");
    const identity = () =>
      kubectl("get", "cluster.postgresql.cnpg.io", "-n", "prism", live, "-o", "jsonpath={.metadata.uid}");
    const before = await identity();
    // The restore looked at all migrations in one task. Their own are made now, and find their changes applied.
    const output = await stack.upSucceeds();
    expect(output).not.toMatch(/replac/);
    const created = output
      .split("\n")
      .filter((line) => / created( |$)/.test(line) && !/^\s*\+ \d+ created$/.test(line));
    expect(created.filter((line) => !/-migrate-/.test(line))).toEqual([]);
    await expectUpUnchanged(stack);
    stack.configure({ "prism:restore": undefined, "mued:restore": undefined, "omniops:restore": undefined });
    await expectUpUnchanged(stack);
    expect(await identity()).toBe(before);
    expect((await databasesOf(stack, "prism")).givenUp).toEqual([{ name: given, server, ...made }]);
  });

  test("it is archived under a name of its own", async () => {
    const { live } = await databasesOf(stack, "prism");
    const phase = await kubectl(
      ...["get", "backups.postgresql.cnpg.io", "-n", "prism", "-l", `cnpg.io/cluster=${live}`],
      ...["-o", "jsonpath={.items[*].status.phase}"],
    );
    expect(phase).toContain("completed");
  });

  test("what was given up goes when it is discarded", async () => {
    stack.configure({ "prism:discard": [given], "mued:discard": [givenOfMued], "omniops:discard": [givenOfOmniops] });
    await stack.upSucceeds();
    const { live, givenUp } = await databasesOf(stack, "prism");
    expect(await clusters("prism")).toBe(live);
    expect(givenUp).toEqual([]);
  });
});
