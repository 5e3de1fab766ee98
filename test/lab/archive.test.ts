/** Archives of all databases that the stack creates: base backups and WAL are in the object store. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { objectStore } from "../../lab/cluster/components";
import { accountsOf, bucketDirectory } from "../../lab/cluster/object-store";
import { eventually, kubectl, sql, systems, type System } from "../support/cluster";

/** Contents of a database's archive, by Barman's folders. */
function archiveOf(system: System) {
  const folder = join(bucketDirectory(objectStore), "local", system, "archive");
  const servers = readdirSync(folder);
  const under = (kind: string) => {
    const directory = join(folder, servers.at(-1)!, kind);
    return existsSync(directory) ? (readdirSync(directory, { recursive: true }) as string[]) : [];
  };
  return { servers, base: () => under("base"), log: () => under("wals") };
}

test.each(systems)("%s has a base backup in the store, under the name of one server", async (system) => {
  const { servers, base } = archiveOf(system);
  expect(servers).toEqual([expect.stringMatching(new RegExp(`^${system}-postgresql-[0-9a-f]{8}$`))]);
  const phases = "jsonpath={.items[*].status.phase}";
  const backups = () => kubectl("get", "backups.postgresql.cnpg.io", "-n", system, "-o", phases);
  // One by the clock may have come since.
  const areDone = async () => /^completed( completed)*$/.test(await backups());
  await eventually("the first base backup is done", areDone, 180);
  expect(base()).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^\d{8}T\d{6}\/backup\.info$/),
      expect.stringMatching(/^\d{8}T\d{6}\/data\.tar\.lz4$/),
    ]),
  );
});

test("a write is in the archive soon after, though its WAL segment is not full", async () => {
  const written =
    "INSERT INTO ai_feedback SELECT FROM generate_series(1, 0); SELECT pg_logical_emit_message(true, 'test', 'x')";
  await sql(written);
  const segment = await sql("SELECT pg_walfile_name(pg_current_wal_lsn())");
  const { log } = archiveOf("prism");
  await eventually(
    `${segment} is archived`,
    () => Promise.resolve(log().some((file) => file.endsWith(`/${segment}.lz4`))),
    90,
  );
});

test("the log says what was archived to where, and no key of the store", async () => {
  const log = await kubectl("logs", "-n", "prism", "prism-postgresql-1", "-c", "plugin-barman-cloud", "--tail=-1");
  expect(log).toContain("s3://runsheet/local/prism/archive");
  expect(log).not.toContain(accountsOf("prism").writer.secret);
});
