/** Databases of a stack, according to the outputs of its last `up`. */
import { databasePlans, databasesInCluster, type DatabasesInCluster } from "../../../stack/databases";
import type { ConfiguredSystem } from "../../../stack/configured-system";
import { stackOutputs } from "../../../stack/outputs";
import { databasesOf, readerOf, uid } from "../../support/cluster-reader";
import { collectResources } from "../../support/mocks";

const configured = (name: string, settings: object = {}) =>
  ({
    system: { name },
    settings: { discard: [], namespace: { create: true }, ...settings },
    secrets: {},
  }) as unknown as ConfiguredSystem;
const latest = { from: "latest", deadlineSeconds: 3600 };
const live = { live: "prism-postgresql", server: "prism-postgresql-1a2b3c4d", givenUp: [] };

async function plansOf(outputs: Readonly<Record<string, unknown>>, ...systems: ConfiguredSystem[]) {
  const registered = collectResources("runsheet", "test", outputs);
  const plans = databasePlans(systems, false, await stackOutputs(), new Map());
  // No resource is registered that a refresh would read.
  expect(registered).toEqual([]);
  return plans;
}

test("a stack that was never up begins with empty databases", async () =>
  expect([...(await plansOf({}, configured("prism"), configured("pm")))]).toEqual([
    ["prism", { name: "prism-postgresql", restored: false, givenUp: [], before: undefined }],
    ["pm", { name: "pm-postgresql", restored: false, givenUp: [], before: undefined }],
  ]));

test("one whose last up knew nothing of databases has the first", async () =>
  expect((await plansOf({ prism: { release: "5.0.0" } }, configured("prism"))).get("prism")).toMatchObject({
    before: { live: "prism-postgresql", givenUp: [] },
  }));

test("what was restored stays live without its configuration", async () => {
  const database = { live: "prism-postgresql-5e6f7a", server: "x", givenUp: [{ name: "prism-postgresql" }] };
  expect((await plansOf({ prism: { release: "5.0.0", database } }, configured("prism"))).get("prism")).toEqual({
    name: "prism-postgresql-5e6f7a",
    restored: true,
    givenUp: [{ name: "prism-postgresql" }],
    before: database,
  });
});

test("what databases were made with comes back from the outputs", async () => {
  const made = { image: "postgresql:17.6", storage: "10Gi" };
  const database = { ...live, ...made, givenUp: [{ name: "prism-postgresql-5e6f7a", ...made }] };
  const { givenUp, before } = (await plansOf({ prism: { database } }, configured("prism"))).get("prism")!;
  expect(givenUp).toEqual(database.givenUp);
  expect(before).toEqual(database);
});

test("every database that would be replaced without being named is told at once", async () => {
  const outputs = { prism: { database: live }, pm: { database: { ...live, live: "pm-postgresql" } } };
  const systems = [configured("prism", { restore: latest }), configured("pm", { restore: latest })];
  const problem = (system: string) =>
    `  - ${system}:restore.replaces: is missing, and the live database is ${system}-postgresql. To give that up, name it; otherwise leave the restore out`;
  await expect(plansOf(outputs, ...systems)).rejects.toThrow(
    ["the databases cannot be configured like this; nothing was changed:", problem("prism"), problem("pm")].join("\n"),
  );
});

test("a database that is lost with its cluster is not given up", () => {
  const restored = configured("prism", { restore: { ...latest, replaces: live.live } });
  const plans = (clusters: readonly string[]) =>
    databasePlans([restored], false, { prism: { database: live } }, new Map([["prism", { clusters }]])).get("prism")!;
  expect(plans([live.live]).givenUp).toMatchObject([{ name: live.live }]);
  expect(plans([]).givenUp).toEqual([]);
});

describe("what the cluster has recorded", () => {
  const systems = [configured("prism"), configured("pm")];
  const record = (databases: string) => ({ data: { databases } });
  const path = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps/live-database`;
  const recorded = (objects: Record<string, unknown>, prefix = "") =>
    databasesInCluster(systems, prefix, { pm: { database: live } }, { uid, read: readerOf(objects) });

  test("is read from each system's namespace", async () =>
    expect([...(await recorded({ [path("a-prism")]: record(JSON.stringify(live)) }, "a-"))]).toEqual([
      ["prism", { clusters: [], recorded: live }],
      ["pm", { clusters: [] }],
    ]));

  test("is what is there, where neither it nor the outputs say anything", async () => {
    const names = ["prism-postgresql-ab12cd", "prism-restore-test-database", "prism-postgresql"];
    const clusters = ["prism-postgresql", "prism-postgresql-ab12cd"];
    expect([...(await recorded(databasesOf("prism", ...names)))]).toEqual([
      ["prism", { clusters, unrecorded: clusters }],
      ["pm", { clusters: [] }],
    ]);
  });

  test("has the sizes that the databases have now", async () => {
    const spec = { storage: { size: "20Gi" }, walStorage: { size: "2Gi" } };
    const items = [
      { metadata: { name: "prism-postgresql" }, spec },
      { metadata: { name: "other" }, spec },
    ];
    const found = await recorded({ "/apis/postgresql.cnpg.io/v1/namespaces/prism/clusters": { items } });
    expect(found.get("prism")).toMatchObject({
      sizes: { "prism-postgresql": { storage: "20Gi", walStorage: "2Gi" } },
    });
  });

  test("has the restores into databases that exist: the last one, and one that runs", async () => {
    const done = { id: "abc-1", dump: "daily/one", step: "done" };
    const job = (name: string, active: number) => {
      const initContainers = [
        {
          env: [
            { name: "DUMP", value: "daily/two" },
            { name: "RESTORE", value: name },
          ],
        },
      ];
      return { metadata: { name }, spec: { template: { spec: { initContainers } } }, status: { active } };
    };
    const jobs = "/apis/batch/v1/namespaces/pm/jobs?labelSelector=app.kubernetes.io/name%3Dpm-restore";
    const found = await recorded({
      "/api/v1/namespaces/pm/configmaps/database-restore": { data: { restore: JSON.stringify(done) } },
      [jobs]: { items: [job("abc-1", 0), job("def-2", 1)] },
    });
    expect(found.get("pm")).toEqual({ clusters: [], restore: done, restoring: { job: "def-2", id: "def-2" } });
  });

  test("is not known in a preview without the cluster", async () =>
    expect((await databasesInCluster(systems, "", {}, undefined)).size).toBe(0));

  test("is not guessed where somebody made it unreadable", () =>
    expect(recorded({ [path("prism")]: record("prism-postgresql"), [path("pm")]: {} })).rejects.toThrow(
      [
        "the live databases are unknown; nothing was changed:",
        "  - the ConfigMap live-database of the namespace prism, which says which database is live, cannot be read: put it back as it was",
        "  - the ConfigMap live-database of the namespace pm, which says which database is live, cannot be read: put it back as it was",
      ].join("\n"),
    ));

  test("is compared with the outputs, of all systems at once", () => {
    const plans = (known: DatabasesInCluster, ...systems: ConfiguredSystem[]) =>
      databasePlans(systems, false, { prism: { database: live } }, known);
    const restored = (system: string) =>
      [system, { recorded: { live: `${system}-postgresql-5e6f7a`, givenUp: [] } }] as const;
    const known = new Map([restored("prism"), restored("pm")]);
    expect(() => plans(known, configured("prism"), configured("pm"))).toThrow(
      /^the databases cannot be configured like this; nothing was changed:\n {2}- prism: the cluster says [^\n]+\n {2}- pm: the cluster says [^\n]+$/,
    );
    const chosen = plans(known, configured("prism", { live: "prism-postgresql-5e6f7a" }));
    expect(chosen.get("prism")).toMatchObject({
      name: "prism-postgresql-5e6f7a",
      givenUp: [{ name: "prism-postgresql" }],
    });
  });
});
