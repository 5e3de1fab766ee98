/** Change of the backups' location: refused unless the old location is named. Then a base backup is taken at once. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { objectStore } from "../../lab/cluster/components";
import { bucketDirectory } from "../../lab/cluster/object-store";
import { eventually, systems } from "../support/cluster";
import { databasesOf } from "../support/databases";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
const configured = stack.configured("runsheet:backups") as { bucket: string; endpoint: string };
const here = `${configured.endpoint}/${configured.bucket}/local`;
const elsewhere = `${configured.endpoint}/${configured.bucket}/moved`;
const folder = join(bucketDirectory(objectStore), "moved");

afterAll(async () => {
  await stack.leave();
  rmSync(folder, { recursive: true, force: true });
});

test("another prefix is refused, and nothing goes there", async () => {
  stack.configure({ "runsheet:backups": { ...configured, prefix: "moved" } });
  await stack.upFails(
    "the backups would move; nothing was changed",
    `the last up left them in ${here}, but runsheet:backups leads to ${elsewhere}`,
    `pulumi config set --path runsheet:backups.movedFrom ${here}`,
  );
  expect(existsSync(folder)).toBe(false);
});

test("after a move that is named, each database soon has a base backup there", async () => {
  stack.configure({ "runsheet:backups": { ...configured, prefix: "moved", movedFrom: here } });
  await stack.upSucceeds();
  for (const system of systems) {
    const { server } = await databasesOf(stack, system);
    const base = join(folder, system, "archive", server!, "base");
    const isThere = () =>
      existsSync(base) && readdirSync(base).some((name) => existsSync(join(base, name, "backup.info")));
    await eventually(`a base backup of ${system}`, () => Promise.resolve(isThere()), 300);
  }
  expect((await stack.up("--expect-no-changes")).code).toBe(0);
});

test("they come back the same way", async () => {
  stack.configure({ "runsheet:backups": configured });
  await stack.upFails(`the last up left them in ${elsewhere}`);
  stack.configure({ "runsheet:backups": { ...configured, movedFrom: elsewhere } });
  await stack.upSucceeds();
  stack.configure({ "runsheet:backups": configured });
  await stack.upSucceeds();
});
