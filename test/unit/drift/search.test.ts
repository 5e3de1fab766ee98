/** The whole search: what it looks at, in which order it tells it, and what keeps it from looking. */
jest.mock("../../../engine/stack", () => ({ clusterOf: jest.fn(), refreshStack: jest.fn() }));
jest.mock("../../../engine/in-progress", () => ({ standingOf: jest.fn() }));
jest.mock("../../../components/kubernetes/kubeconfig", () => ({ clusterWriter: jest.fn() }));
import { search } from "../../../drift/search";
import { clusterWriter } from "../../../components/kubernetes/kubeconfig";
import { standingOf, type Standing } from "../../../engine/in-progress";
import { clusterOf, refreshStack, type PreviewRun } from "../../../engine/stack";
import { uid } from "../../support/cluster-reader";
import { change, owner } from "./changes";
import { Cluster, ended } from "./cluster";

const said: string[] = [];
const prism = (name: string, told: object = {}) => change({ system: "prism", name, namespace: "prism", ...told });
const job = (system: string, namespace = system) =>
  change({
    ...{ system, type: "kubernetes:batch/v1:Job", name: `${system}-prerequisites`, step: "prerequisites" },
    from: { metadata: { name: "job", namespace } },
  });
const steps = ["environment", "prerequisites", "backend"].map((name) => ({ name, title: name, after: [] }));
const runbooks = [
  { system: "sixth", title: "Sixth", steps },
  { system: "mued", title: "Mued", steps },
  { system: "prism", title: "Prism", steps },
] as unknown as PreviewRun["runbooks"];

const paths = { kubeSystem: "/api/v1/namespaces/kube-system", record: "/api/v1/namespaces/prism/configmaps/drift" };
const original = (namespace: string) => ({
  ...{ metadata: { name: "job", namespace }, spec: { template: { spec: { containers: [] } } } },
});
const objects = {
  [paths.kubeSystem]: { metadata: { uid } },
  "/apis/batch/v1/namespaces/prism/jobs/job": original("prism"),
};

const written = "2026-12-01T10:00:00Z";

/** Searches a stack whose refresh tells this, in this cluster. `standings` are its states before and after. */
function run(
  told: Partial<PreviewRun>,
  cluster: Cluster,
  checks = true,
  of: object = {},
  [before, after = before]: readonly Standing[] = [{ written }],
) {
  jest.mocked(standingOf).mockResolvedValueOnce(before!).mockResolvedValueOnce(after!);
  const refreshed = { resources: [], runbooks, diagnostics: [], violations: [], failed: false, ...told };
  jest.mocked(refreshStack).mockResolvedValue(refreshed);
  jest.mocked(clusterOf).mockResolvedValue({ context: "staging", outputs: { cluster: { uid } }, ...of });
  jest.mocked(clusterWriter).mockResolvedValue(cluster);
  return search({ stack: "staging", checks, say: (line) => said.push(line) });
}

beforeEach(() => {
  said.length = 0;
  jest.resetAllMocks();
});

test("a stack as its up left it has no drift, and nothing is written for it", async () => {
  const cluster = new Cluster(objects);
  expect(await run({ resources: [prism("api"), job("mued", "school")] }, cluster)).toEqual({
    ...{ version: 1, stack: "staging", namespaces: { mued: "school" } },
    ...{ result: "none", systems: [], others: [], errors: [] },
  });
  expect(cluster.patched).toEqual([]);
  expect(said).toEqual([
    "Compares the state of the stack staging with what is there (pulumi refresh --preview-only)",
    "Checks the databases (Jobs in the systems' namespaces)",
  ]);
});

test("findings are in the order of the summaries and of the runbooks, and none is lost", async () => {
  const paths = ["spec.replicas"];
  const drift = await run(
    {
      resources: [
        prism("b", { paths }),
        prism("a", { paths }),
        prism("first", { paths, step: "environment" }),
        prism("nowhere", { paths, step: undefined }),
        change({ system: "mued", name: "web", paths }),
        change({ system: "sixth", name: "web", paths }),
        change({ system: "gone", name: "left", paths }),
        change({ system: undefined, name: "platform", paths }),
      ],
    },
    new Cluster(objects),
  );
  expect(drift.result).toBe("drift");
  expect(drift.systems.map(({ name, title, findings }) => [name, title, findings.map((each) => each.name)])).toEqual([
    ["prism", "Prism", ["prism/nowhere", "prism/first", "prism/a", "prism/b"]],
    ["mued", "Mued", ["demo/web"]],
    ["sixth", "Sixth", ["demo/web"]],
  ]);
  expect(drift.others.map(({ name }) => name)).toEqual(["demo/left", "demo/platform"]);
});

describe("checks", () => {
  const failing = () => [{ status: { failed: 1 }, pods: [ended("too old")] }];

  test("that fail are told, and recorded for the next up", async () => {
    const cluster = new Cluster(objects, failing);
    const { systems, result } = await run({ resources: [job("prism")] }, cluster);
    expect(systems[0]!.findings).toMatchObject([
      { what: "failed", name: "prism/prism-prerequisites", message: "too old" },
    ]);
    expect(result).toBe("drift");
    expect(cluster.patched.map(({ path }) => path.replace(/-[a-z0-9]+\?.*/, ""))).toEqual([
      "/apis/batch/v1/namespaces/prism/jobs/drift-prerequisites",
      `${paths.record}?fieldManager=runsheet-drift&force=true`,
    ]);
    expect(cluster.patched[1]!.body).toMatchObject({ data: { open: "prism/prism-prerequisites: too old" } });
  });

  test("that come to no end leave the record as it is", async () => {
    const record = { data: { found: "old", open: "prism/prism-prerequisites: too old" } };
    const cluster = new Cluster({ ...objects, [paths.record]: record }, () => [undefined]);
    const { errors, result } = await run({ resources: [job("prism")] }, cluster);
    expect(errors).toEqual([
      expect.stringMatching(
        /^prism\/prism-prerequisites: the Job drift-prerequisites-\w+ was deleted before/,
      ) as string,
    ]);
    expect(result).toBe("failed");
    expect(cluster.patched).toHaveLength(1);
  });

  test("whose record is refused are told all the same", async () => {
    const refused = { [`PATCH ${paths.record}`]: new Error("configmaps is forbidden") };
    const drift = await run({ resources: [job("prism")] }, new Cluster({ ...objects, ...refused }, failing));
    expect(drift.systems[0]!.findings).toHaveLength(1);
    expect([drift.errors, drift.result]).toEqual([["configmaps is forbidden"], "failed"]);
  });

  test("are left out on demand, and then nothing is written", async () => {
    const cluster = new Cluster(objects, failing);
    expect((await run({ resources: [job("prism")] }, cluster, false)).result).toBe("none");
    expect(cluster.patched).toEqual([]);
    expect(said).toHaveLength(1);
  });
});

test("what may not be read is an error once, and the rest is told", async () => {
  const refused = new Error("lists are forbidden");
  const cluster = new Cluster({
    ...objects,
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions": refused,
    "/api/v1/namespaces/demo/secrets": refused,
    "/api/v1/namespaces/demo/configmaps": {
      items: [{ metadata: { name: "extra", managedFields: [owner("kubectl-create", { "f:data": {} })] } }],
    },
  });
  const release = change({
    ...{ type: "kubernetes:helm.sh/v3:Release", from: { resourceNames: { "CustomResourceDefinition/v1": ["a.b"] } } },
  });
  const namespace = change({ system: undefined, type: "kubernetes:core/v1:Namespace", name: "demo", namespace: "" });
  const drift = await run({ resources: [namespace, release] }, cluster);
  expect(drift.errors).toEqual(["lists are forbidden"]);
  expect(drift.others.map(({ name }) => name)).toEqual(["demo/extra"]);
  expect(drift.result).toBe("failed");
});

test("a refresh that failed is all that is told, with the resource that it failed for", async () => {
  const cluster = new Cluster(objects);
  const diagnostics = [
    { severity: "warning" as const, message: "beware" },
    { severity: "error" as const, resource: "api", message: "no answer" },
    { severity: "error" as const, message: "it failed" },
  ];
  const drift = await run({ resources: [prism("a", { paths: ["spec"] })], diagnostics, failed: true }, cluster);
  expect(drift).toMatchObject({ result: "failed", systems: [], others: [], errors: ["api: no answer", "it failed"] });
  expect(cluster.asked).toHaveLength(1);
});

describe("before anything is compared", () => {
  test("another cluster is refused: everything would be missing there", async () => {
    await expect(run({}, new Cluster(objects), true, { outputs: { cluster: { uid: "other" } } })).rejects.toThrow(
      `this is another cluster; nothing was changed:\n  - the context "staging" leads to the cluster ${uid}, but the last up was in other: `,
    );
    expect(refreshStack).not.toHaveBeenCalled();
  });

  test("the cluster that the configuration names is not", async () => {
    const of = { outputs: { cluster: { uid: "other" } }, cluster: uid };
    expect((await run({ resources: [prism("api")] }, new Cluster(objects), true, of)).result).toBe("none");
  });

  test("one that is no cluster is refused, and so is one that cannot be read", async () => {
    await expect(run({}, new Cluster())).rejects.toThrow(
      'the cluster of the context "staging" has no namespace kube-system',
    );
    const refused = new Error("namespaces is forbidden");
    await expect(run({}, new Cluster({ [paths.kubeSystem]: refused }))).rejects.toThrow(
      new Error('the cluster of the context "staging" cannot be reached: namespaces is forbidden'),
    );
  });
});

test("a stack without resources is not one without drift", async () => {
  const drift = await run(
    { resources: [change({ custom: false }), change({ type: "pulumi:providers:kubernetes" })] },
    new Cluster(objects),
  );
  expect(drift).toMatchObject({ result: "failed", systems: [], others: [] });
  expect(drift.errors).toEqual([
    "the state has no resources: no up has made any, a destroy has removed them, or it is another backend's",
  ]);
});

describe("beside an update", () => {
  const half = { resources: [prism("api", { paths: ["spec"] }), job("prism")] };
  const nothing = { ...{ version: 1, stack: "staging", namespaces: {}, systems: [], others: [] }, result: "busy" };
  const wayOn =
    "Wait for its end. If it was killed: pulumi cancel --stack staging, then pulumi up --stack staging. " +
    "If what it was creating is declared no more: pulumi refresh --clear-pending-creates --stack staging.";
  const running = (hoursAgo: number): Standing => {
    const since = new Date(Date.now() - hoursAgo * 3_600_000).toISOString();
    return { written, unended: { since, words: "an update has been in progress since then" } };
  };
  const errors = ["an update has been in progress since then", wayOn];

  test("nothing is compared, and no check is run", async () => {
    const cluster = new Cluster(objects);
    expect(await run(half, cluster, true, {}, [running(1)])).toEqual({ ...nothing, errors });
    expect(refreshStack).not.toHaveBeenCalled();
    expect(cluster.asked).toEqual([]);
  });

  test("that was killed long ago the search has failed: somebody has to know", async () =>
    expect(await run(half, new Cluster(objects), true, {}, [running(13)])).toEqual({
      ...{ ...nothing, result: "failed", errors },
    }));

  test("that begins meanwhile nothing of what was found is told", async () =>
    expect(await run(half, new Cluster(objects), true, {}, [{ written }, running(0)])).toEqual({ ...nothing, errors }));

  test("that began and ended meanwhile nothing is told, either", async () => {
    const later = new Date().toISOString();
    expect(await run(half, new Cluster(objects), true, {}, [{ written }, { written: later }])).toEqual({
      ...{ ...nothing, errors: [`an update ran meanwhile, which wrote the state last at ${later}`, wayOn] },
    });
  });
});
