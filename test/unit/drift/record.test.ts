/** Record of drift in a database, by which the next `up` knows that it has something to mend. */
import { driftIn, driftRecordPath } from "../../../components/system/drift-record";
import type { Finding } from "../../../drift/finding";
import { record } from "../../../drift/record";
import { Cluster } from "./cluster";

const path = "/api/v1/namespaces/demo/configmaps/drift";
const finding: Finding = {
  ...{ what: "failed", kind: "check", name: "demo/demo-schema-check", fields: [], by: [] },
  ...{ message: "index idx is missing", up: "up mends it" },
};
const open = "demo/demo-schema-check: index idx is missing";

/** Data that a search writes. Undefined if it writes nothing. */
async function written(data: object | undefined, failed: readonly Finding[]): Promise<unknown> {
  const cluster = new Cluster(data ? { [path]: { data } } : {});
  await record("demo", failed, cluster, "new");
  return (cluster.patched[0]?.body as { readonly data?: unknown } | undefined)?.data;
}

test("the record has its place in the namespace", () => expect(driftRecordPath("demo")).toBe(path));

test("what is found first is written, by the search's own manager", async () => {
  const cluster = new Cluster();
  await record("demo", [finding], cluster, "new");
  expect(cluster.patched).toEqual([
    {
      path: `${path}?fieldManager=runsheet-drift&force=true`,
      type: "application/apply-patch+yaml",
      body: {
        ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "drift", namespace: "demo" } },
        data: { found: "new", open },
      },
    },
  ]);
});

test.each([
  ["nothing where nothing was ever found", undefined, [], undefined],
  ["nothing while the same is found", { found: "old", open }, [finding], undefined],
  ["another ID when something else is found", { found: "old", open: "other" }, [finding], { found: "new", open }],
  ["another ID when it is found anew", { found: "old", open: "" }, [finding], { found: "new", open }],
  ["the last ID when nothing is found any more", { found: "old", open }, [], { found: "old", open: "" }],
  ["nothing while nothing is found", { found: "old", open: "" }, [], undefined],
  ["an ID where somebody has removed it", { open }, [finding], { found: "new", open }],
  ["an ID where somebody has emptied it", { found: "", open }, [finding], { found: "new", open }],
  ["an ID that was removed, also when nothing is found any more", { open }, [], { found: "new", open: "" }],
  ["all of it where somebody has emptied the object", {}, [finding], { found: "new", open }],
])("it writes %s", async (_, data, failed, expected) => expect(await written(data, failed)).toEqual(expected));

test("a ConfigMap of another tool is left as it is", async () => {
  const cluster = new Cluster({ [path]: { data: { found: "x", "settings.json": "{}" } } });
  await expect(record("demo", [finding], cluster, "new")).rejects.toThrow(
    "the ConfigMap demo/drift is another tool's, for it has settings.json: give it another name; " +
      "without the record up does not know what to mend",
  );
  expect(cluster.patched).toEqual([]);
});

test("a refusal is an error", async () => {
  const refused = new Error("configmaps is forbidden");
  await expect(record("demo", [], new Cluster({ [path]: refused }), "new")).rejects.toThrow(refused);
});

test.each([
  [undefined, undefined],
  [{}, undefined],
  [{ data: {} }, undefined],
  [{ data: { found: "" } }, undefined],
  [{ data: { found: 7 } as unknown as Record<string, string> }, undefined],
  [{ data: { found: "id", open: "anything" } }, "id"],
])("an up reads of %j the ID %p", (configMap, id) => expect(driftIn(configMap)).toBe(id));
