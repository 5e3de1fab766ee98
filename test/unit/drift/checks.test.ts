/** Checks in the cluster: which run again, how they end, and what an `up` does about those that fail. */
import { failedChecks } from "../../../drift/checks";
import type { Limits } from "../../../drift/job";
import { change } from "./changes";
import { Cluster, ended, type Seen } from "./cluster";

const limits: Limits = { start: 40, whole: 60_000, margin: 0, pause: 1 };
const jobType = "kubernetes:batch/v1:Job";
const jobs = "/apis/batch/v1/namespaces/demo/jobs";
const image = "postgresql:17";

/** Job of the stack that runs migrate.sh in a mode. */
const job = (mode = "mend", deadline: number | undefined = 3600, changes: object = {}) => ({
  metadata: { name: "demo-schema-check-1a", namespace: "demo", uid: "1", resourceVersion: "1" },
  spec: {
    ...{ activeDeadlineSeconds: deadline, backoffLimit: 3, selector: { matchLabels: { "controller-uid": "1" } } },
    template: {
      metadata: { labels: { "app.kubernetes.io/name": "demo-schema-check", "controller-uid": "1" } },
      spec: {
        restartPolicy: "Never",
        containers: [
          {
            name: "main",
            image,
            command: ["sh", "/runsheet/patiently.sh", "sh", "/runsheet/migrate.sh", mode, "mend", "any"],
          },
          { name: "side" },
        ],
        ...changes,
      },
    },
  },
});
const task = (check: string, told: object = {}) =>
  change({
    type: jobType,
    name: `demo-${check}`,
    step: "prerequisites",
    from: { metadata: { name: `demo-${check}-1a`, namespace: "demo" } },
    ...told,
  });

const schema = [task("schema-check")];
const there = { [`${jobs}/demo-schema-check-1a`]: job() };
const check = (states: readonly (Seen | undefined)[], objects: Record<string, unknown> = there, within = limits) =>
  failedChecks(schema, new Cluster(objects, () => states), "id", within);

test("a check that passes is no finding, and its system was looked at", async () =>
  expect(await check([{ status: { succeeded: 1 } }])).toEqual({ findings: [], errors: [], looked: ["demo"] }));

test("what runs is a copy of another name, which looks, ends and removes itself", async () => {
  const cluster = new Cluster(there);
  await failedChecks(schema, cluster, "id");
  expect(cluster.patched).toEqual([
    {
      path: `${jobs}/drift-schema-check-id?fieldManager=runsheet-drift`,
      type: "application/apply-patch+yaml",
      body: {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: "drift-schema-check-id", namespace: "demo" },
        spec: {
          ...{ backoffLimit: 0, activeDeadlineSeconds: 1800, ttlSecondsAfterFinished: 30 },
          template: {
            metadata: { labels: { "app.kubernetes.io/name": "drift" } },
            spec: {
              restartPolicy: "Never",
              containers: [
                {
                  name: "main",
                  image,
                  command: ["sh", "/runsheet/patiently.sh", "sh", "/runsheet/migrate.sh", "check", "mend", "any"],
                },
                { name: "side" },
              ],
            },
          },
        },
      },
    },
  ]);
});

test.each([
  [20, 20],
  [undefined, 60],
])("a Job with the limit %p has a copy with %d s", async (deadline, seconds) => {
  const spec = { ...job().spec, activeDeadlineSeconds: deadline };
  const cluster = new Cluster({ [`${jobs}/demo-schema-check-1a`]: { ...job(), spec } });
  await failedChecks(schema, cluster, "id", limits);
  expect(cluster.patched[0]!.body).toMatchObject({ spec: { activeDeadlineSeconds: seconds } });
});

test("names have 63 characters at most, whatever the system's", async () => {
  const system = "s".repeat(52);
  const told = { system, name: `${system}-prerequisites`, from: { metadata: { name: "long", namespace: "demo" } } };
  const cluster = new Cluster({ [`${jobs}/long`]: job("check") });
  await failedChecks([task("prerequisites", told)], cluster, Date.now().toString(36));
  expect((cluster.patched[0]!.body as { metadata: { name: string } }).metadata.name).toMatch(
    /^drift-prerequisites-[a-z0-9]{8}$/,
  );
});

test("only the tasks that check run again, and not those whose Job is gone", async () => {
  const all = ["prerequisites", "schema-check", "schema", "smoke-test", "migrate-users"].map((name) => task(name));
  const objects = Object.fromEntries(all.map(({ name }) => [`${jobs}/${name}-1a`, job("check")]));
  const others = [
    task("prerequisites", { operation: "delete" }),
    task("prerequisites", { type: "kubernetes:core/v1:ConfigMap" }),
    task("prerequisites", { system: undefined }),
    task("prerequisites", { before: undefined }),
  ];
  const cluster = new Cluster(objects);
  await failedChecks([...all, ...others], cluster, "id", limits);
  expect(cluster.patched.map(({ path }) => path.replace(/^.*\/drift-|-id\?.*$/g, "")).sort()).toEqual([
    ...["prerequisites", "schema", "schema-check"],
  ]);
  const none = new Cluster({});
  expect(await failedChecks(all, none, "id", limits)).toEqual({ findings: [], errors: [], looked: ["demo"] });
  expect(none.patched).toEqual([]);
});

const broken = [
  "ERROR:  index idx is missing",
  "the change users is recorded as applied, and its verification fails: somebody changed the schema by hand.",
  "What to do: put back what the message above names, then run up again.",
].join("\n");
const finding = {
  what: "failed",
  system: "demo",
  step: "prerequisites",
  kind: "check",
  name: "demo/demo-schema-check",
};

test("a schema that an up mends is told without the advice for one that none mends", async () =>
  expect((await check([{}, { status: { failed: 1 }, pods: [ended(`${broken}\n`)] }])).findings).toEqual([
    {
      ...{ ...finding, fields: [], by: [], message: broken.split("\n").slice(0, 2).join("\n") },
      up: "up mends it, for the change's deploy script runs again: an index, a right, a policy. A table or a column that is missing stops it there",
    },
  ]));

test.each([
  ["of somebody's own scripts", job("check"), broken],
  ["that cannot be looked at", job(), "the database cannot be reached: Connection refused"],
])("a schema %s waits for people", async (_, original, message) =>
  expect(
    (await check([{ status: { failed: 1 }, pods: [ended(message)] }], { [`${jobs}/demo-schema-check-1a`]: original }))
      .findings,
  ).toEqual([
    {
      ...{ ...finding, fields: [], by: [], message },
      up: "up checks it again, and stops there until somebody has mended it by hand",
    },
  ]),
);

test("the words of a container before the main one count, and no control characters", async () => {
  const status = {
    initContainerStatuses: [{ state: { terminated: { message: "\u001b[31mno login\n", reason: "Error" } } }],
    containerStatuses: [{ state: { waiting: { reason: "PodInitializing" } } }],
  };
  const { findings } = await check([{ status: { failed: 1 }, pods: [{ status }] }]);
  expect(findings[0]!.message).toBe("[31mno login");
});

const name = "demo/demo-schema-check: the Job drift-schema-check-id";
const exceeded = { type: "Failed", status: "True", reason: "DeadlineExceeded" };
const scheduled = {
  type: "PodScheduled",
  status: "False",
  reason: "Unschedulable",
  message: "0/1 nodes are available",
};
const waiting = (reason: string, message?: string) => ({
  status: { containerStatuses: [{ state: { waiting: { reason, message } } }] },
});

test.each<[string, readonly (Seen | undefined)[], string]>([
  ["is deleted meanwhile", [{}, undefined], "was deleted before its result was read"],
  ["is over its time", [{ status: { conditions: [exceeded] } }], "did not end within 60 s"],
  [
    "ends without a pod",
    [{ status: { conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }] } }],
    "failed without a word: its pod is gone",
  ],
  [
    "needs more memory",
    [{ status: { failed: 1 }, pods: [ended(undefined, "OOMKilled")] }],
    "failed without a word: OOMKilled",
  ],
  [
    "is evicted",
    [{ status: { failed: 1 }, pods: [{ status: { reason: "Evicted" } }] }],
    "failed without a word: Evicted",
  ],
  ["gets no pod", [{}], "did not start within 0.04 s: it has no pod; a quota or an admission policy may refuse it"],
  [
    "gets no node",
    [{ pods: [{ status: { conditions: [scheduled] } }] }],
    "did not start within 0.04 s: Unschedulable: 0/1 nodes are available",
  ],
  [
    "gets no image",
    [{ pods: [waiting("ImagePullBackOff", "Back-off pulling image")] }],
    "did not start within 0.04 s: ImagePullBackOff: Back-off pulling image",
  ],
  ["gets no volume", [{ pods: [waiting("ContainerCreating")] }], "did not start within 0.04 s: ContainerCreating"],
  ["says nothing of itself", [{ pods: [{}] }], "did not start within 0.04 s: its pod says no reason"],
])("a check that %s is an error, and no finding", async (_, states, message) =>
  expect(await check(states)).toEqual({ findings: [], errors: [`${name} ${message}`], looked: [] }),
);

describe("an API server that does not answer", () => {
  const failing = (times: number) => {
    const { read, patch } = new Cluster(there, () => [{ status: { failed: 1 }, pods: [ended(broken)] }]);
    let left = times;
    const flaky: typeof read = (path, form) =>
      path.includes("drift-") && left-- > 0 ? Promise.reject(new Error("connect ECONNREFUSED")) : read(path, form);
    return failedChecks(schema, { read: flaky, patch }, "id", limits);
  };

  test("for a moment loses no result", async () => {
    expect((await failing(9)).findings).toMatchObject([finding]);
  });

  test("for longer is an error, and no finding", async () =>
    expect(await failing(10)).toEqual({
      ...{ findings: [], errors: ["demo/demo-schema-check: connect ECONNREFUSED"], looked: [] },
    }));
});

test("a check that never ends is given up after its limit", async () => {
  const running = { pods: [{ status: { containerStatuses: [{ state: { running: {} } }] } }] };
  const { errors } = await check([running], there, { ...limits, whole: 50 });
  expect(errors).toEqual([`${name} did not end within 0.05 s`]);
});

test("a refusal of one system's check leaves the other's results", async () => {
  const other = task("schema-check", {
    ...{ system: "other", name: "other-schema-check" },
    from: { metadata: { name: "other-schema-check-1a", namespace: "other" } },
  });
  const refused = new Error("jobs.batch is forbidden");
  const cluster = new Cluster(
    {
      ...there,
      "/apis/batch/v1/namespaces/other/jobs/other-schema-check-1a": {
        ...job(),
        metadata: { name: "other", namespace: "other" },
      },
      "PATCH /apis/batch/v1/namespaces/other/jobs/drift-schema-check-id": refused,
    },
    () => [{ status: { failed: 1 }, pods: [ended(broken)] }],
  );
  const { findings, errors, looked } = await failedChecks([...schema, other], cluster, "id", limits);
  expect(findings.map(({ name: found }) => found)).toEqual(["demo/demo-schema-check"]);
  expect(errors).toEqual(["other/other-schema-check: jobs.batch is forbidden"]);
  expect(looked).toEqual(["demo"]);
});
