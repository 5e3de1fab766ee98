/** Keys of one system in the lab's object store: they reach its folders, and no other system's. */
import { accountsOf } from "../../../lab/cluster/object-store";
import { failureOf } from "../failure";
import { DumpBench, keysAs } from "./bench";

jest.setTimeout(120_000);

const refusal = "the store answered 403 (AccessDenied)";
const keepNone = { KEEP_DAYS: JSON.stringify({ daily: 1, weekly: 1, monthly: 1, "before-migration": null }) };
const days = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString();
const { writer, remover } = accountsOf("prism");
let bench: DumpBench;

beforeAll(async () => (bench = await DumpBench.start()));
afterAll(() => bench?.stop());

test("they store and find its dumps, and the retention's delete them", async () => {
  for (const [name, ago] of [
    ["old", 3],
    ["young", 0],
  ] as const) {
    const pod = bench.system("prism");
    pod.dump(name, { taken: days(ago) });
    expect(await pod.with(keysAs(writer), "put", "daily")).toContain(`stored daily/${name}.dump and read it back`);
  }
  const prism = bench.system("prism");
  expect(await failureOf(prism.with({ ...keysAs(writer), ...keepNone }, "retain"))).toContain(refusal);
  expect(await prism.with({ ...keysAs(remover), ...keepNone }, "retain")).toContain("deleted daily/old");
});

test("they neither read, replace nor delete what another system has stored", async () => {
  const mued = bench.system("mued");
  await mued.stored("theirs", "daily", { taken: days(3) });
  const stored = mued.objects();
  mued.dump("theirs");
  for (const keys of [writer, remover]) {
    expect(await failureOf(mued.with(keysAs(keys), "put", "daily"))).toContain(refusal);
    expect(await failureOf(mued.with({ ...keysAs(keys), ...keepNone }, "retain"))).toContain(refusal);
  }
  mued.dump("another");
  expect(await failureOf(mued.with(keysAs(writer), "put", "daily"))).toContain(refusal);
  expect(mued.objects()).toEqual(stored);
});
