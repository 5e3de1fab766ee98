/** Upgrades from each release, which is deployed first: objects that hold data stay the same, with their contents. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubectl, redis, sql, systems } from "../support/cluster";
import { expectUpUnchanged } from "../support/drift";
import { execute, Workspace } from "../support/workspace";

const root = join(__dirname, "..", "..");
// Commits of the releases, from the files with their states (see test/graph/upgrade.test.ts).
const released = readdirSync(join(root, "test", "graph", "released")).map((file) => file.split(".")[0]!);
const workspace = new Workspace();
const checkouts: string[] = [];

async function succeeds(command: string, args: readonly string[], directory: string): Promise<string> {
  const { code, output, stdout } = await execute(command, args, directory);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}: ${output}`);
  return stdout;
}

/** Checks out a release. It installs its own packages: with a link to ours it would overwrite ours. */
async function checkoutOf(commit: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), `runsheet-${commit}-`));
  checkouts.push(directory);
  await succeeds("git", ["worktree", "add", "--detach", "--force", directory, commit], root);
  return directory;
}

afterAll(async () => {
  for (const directory of checkouts) {
    rmSync(directory, { recursive: true, force: true });
    await succeeds("git", ["worktree", "prune"], root);
  }
  workspace.remove();
});

/** Objects that hold data, with their UIDs. */
async function dataObjects(): Promise<string[]> {
  const kinds = "namespaces,clusters.postgresql.cnpg.io,statefulsets.apps,persistentvolumeclaims";
  const path = "{range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name} {.metadata.uid}{'\\n'}{end}";
  return (await kubectl("get", kinds, "-A", "-o", `jsonpath=${path}`)).split("\n").sort();
}

test.each(released)("from %s", async (commit) => {
  await succeeds("bash", ["lab/run.sh", "up", "--reset"], await checkoutOf(commit));
  for (const system of systems)
    await sql("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('before the upgrade')", system);
  await redis("SET", "kept", "before the upgrade");
  const before = await dataObjects();

  await succeeds("bash", ["lab/run.sh", "up"], workspace.directory);

  const after = await dataObjects();
  expect(before.filter((object) => !after.includes(object))).toEqual([]);
  for (const system of systems) expect(await sql("SELECT word FROM kept", system)).toBe("before the upgrade");
  expect(await redis("GET", "kept")).toBe("before the upgrade");
  await expectUpUnchanged(workspace);
  const labels = await kubectl(
    "get",
    "namespaces",
    "-l",
    "runsheet/stack=local",
    "-o",
    "jsonpath={.items[*].metadata.name}",
  );
  expect(labels.split(" ").sort()).toEqual([...systems, "cnpg-system"].sort());
  for (const system of systems) await sql("DROP TABLE kept", system);
});
