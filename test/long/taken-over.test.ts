/** Objects that exist in the cluster but not in the state, as after an `up` that was killed. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubectl, sql } from "../support/cluster";
import { expectNoDrift, expectUpUnchanged } from "../support/drift";
import { FaultyStack } from "../support/faulty-stack";
import { inside, resourcesOf, without } from "../support/state";

const stack = new FaultyStack();
afterAll(() => stack.leave());

const file = join(stack.directory, "state.json");

async function succeeds(...args: string[]): Promise<void> {
  const { code, output } = await stack.pulumi([...args, "--stack", "local"]);
  if (code !== 0) throw new Error(output);
}

/** UIDs of the objects of a kind in MUED's namespace, by kind and name. */
async function identities(kind: string): Promise<Map<string, string>> {
  const list = JSON.parse(await kubectl("get", "-n", "mued", kind, "-o", "json")) as {
    items: { metadata: { name: string; uid: string } }[];
  };
  return new Map(list.items.map(({ metadata }) => [`${kind} ${metadata.name}`, metadata.uid]));
}

test("the next up finds each object by its name: none is replaced, no task runs again", async () => {
  await stack.upSucceeds();
  await succeeds("stack", "export", "--file", file);
  const exported = readFileSync(file, "utf8");
  const lost = inside("mued", resourcesOf(exported)).filter(({ type }) => type.startsWith("kubernetes:"));
  const kinds = ["clusters.postgresql.cnpg.io", "jobs", "deployments", "configmaps", "secrets"];
  const found = async () => new Map((await Promise.all(kinds.map(identities))).flatMap((each) => [...each]));
  const events = () => sql("SELECT count(*) FROM sqitch.events", "mued");
  const namespace = () => kubectl("get", "namespace", "mued", "-o", "jsonpath={.metadata.uid}");
  const before = { namespace: await namespace(), objects: await found(), events: await events() };
  const jobs = lost.filter(({ type }) => type === "kubernetes:batch/v1:Job").map(({ id }) => id!.split("/")[1]);
  expect(jobs.length).toBeGreaterThan(5);
  for (const job of jobs) expect(before.objects.has(`jobs ${job}`)).toBe(true);

  writeFileSync(file, without(lost, exported));
  await succeeds("stack", "import", "--file", file);
  expect(await stack.upSucceeds()).toMatch(new RegExp(` {4}\\+ ${lost.length} created\n`));

  expect(await namespace()).toBe(before.namespace);
  const after = await found();
  // Jobs of a schedule are left out, since they come and go.
  const kept = [...before.objects].filter(([name]) => !name.startsWith("jobs ") || jobs.includes(name.split(" ")[1]));
  for (const [name, uid] of kept) expect([name, after.get(name)]).toEqual([name, uid]);
  expect(await events()).toBe(before.events);
  await expectUpUnchanged(stack);
  await expectNoDrift(stack);
});
