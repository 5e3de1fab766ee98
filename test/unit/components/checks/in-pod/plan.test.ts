import { MountedFiles } from "../../../../../components/kubernetes/mounted-files";
import { QueryPerformance } from "../../../../../components/checks/query-performance";
import { describePlan, indexesOf, judge, type PlanNode } from "../../../../../components/checks/in-pod/plan";
import { collectResources, settled } from "../../../../support/mocks";

const asItIs = { name: "latest", sql: "SELECT 1", index: "idx_user", milliseconds: 100 };
const query = { ...asItIs, load: ["INSERT"] };

const indexScan: PlanNode = {
  "Node Type": "Limit",
  "Actual Rows": 10,
  "Actual Loops": 1,
  Plans: [
    {
      "Node Type": "Limit",
      "Subplan Name": "InitPlan 1 (returns $0)",
      "Actual Rows": 1,
      "Actual Loops": 1,
      Plans: [{ "Node Type": "Seq Scan", "Relation Name": "users", "Actual Rows": 1, "Actual Loops": 1 }],
    },
    {
      "Node Type": "Index Scan",
      "Scan Direction": "Backward",
      "Index Name": "idx_user",
      "Relation Name": "log",
      "Actual Rows": 5,
      "Actual Loops": 2,
    },
  ],
};
const bitmap: PlanNode = {
  "Node Type": "Bitmap Heap Scan",
  "Relation Name": "log",
  Plans: [
    {
      "Node Type": "BitmapAnd",
      Plans: [
        { "Node Type": "Bitmap Index Scan", "Index Name": "idx_a" },
        { "Node Type": "Bitmap Index Scan", "Index Name": "idx_b" },
        { "Node Type": "Bitmap Index Scan", "Index Name": "idx_a" },
      ],
    },
  ],
};
const whole: PlanNode = { "Node Type": "Seq Scan", "Relation Name": "log", "Actual Rows": 9, "Actual Loops": 1 };

const verdict = (Plan: PlanNode, milliseconds: number, rows: number | undefined) =>
  judge(query, { explanation: { Plan, "Execution Time": milliseconds }, rows });

test("the indexes of a plan, wherever they are in it", () => {
  expect(indexesOf(indexScan)).toEqual(["idx_user"]);
  expect(indexesOf(bitmap)).toEqual(["idx_a", "idx_b"]);
  expect(indexesOf(whole)).toEqual([]);
});

test("a plan is a tree with indexes, tables and rows over all loops", () =>
  expect(describePlan(indexScan)).toBe(
    `  Limit (rows 10)
    InitPlan 1 (returns $0): Limit (rows 1)
      Seq Scan on users (rows 1)
    Index Scan Backward using idx_user on log (rows 10)`,
  ));

test("a quick query with its index passes", () =>
  expect(verdict(indexScan, 0.25, 10_000)).toEqual({
    passed: true,
    line: "ok     latest: 0.3 ms, measured on 10000 rows with idx_user",
  }));

test("a limit that is meant for fewer rows is not judged, and said to be so", () => {
  const meant = { ...asItIs, rows: 10_000 };
  const took = (rows: number, query = meant) =>
    judge(query, { explanation: { Plan: whole, "Execution Time": 250 }, rows }).line;
  expect(took(10_001)).toBe(
    "ok     latest: 250.0 ms, measured on 10001 rows, index not demanded, not judged: 100 ms are for 10000 rows at most",
  );
  expect(took(10_000)).toBe("FAILED latest: expected under 100 ms; it took 250.0 ms, measured on 10000 rows");
  // Rows that were loaded are those that are meant.
  expect(took(20_000, { ...meant, load: ["INSERT"] } as never)).toBe(
    "FAILED latest: expected index idx_user, under 100 ms; it used no index, it took 250.0 ms, measured on 20000 rows",
  );
});

test("on real data an index must exist, and be in time, but need not be used", () => {
  expect(judge(asItIs, { explanation: { Plan: whole, "Execution Time": 1 }, rows: 20_000 })).toEqual({
    passed: true,
    line: "ok     latest: 1.0 ms, measured on 20000 rows, index not demanded",
  });
  expect(judge(asItIs, { explanation: { Plan: whole, "Execution Time": 100 }, rows: 20_000 })).toEqual({
    passed: false,
    line: "FAILED latest: expected under 100 ms; it took 100.0 ms, measured on 20000 rows",
  });
  expect(judge(asItIs, { explanation: { Plan: whole, "Execution Time": 1 }, rows: undefined })).toEqual({
    passed: false,
    line: "FAILED latest: expected index idx_user, under 100 ms; there is no index idx_user",
  });
});

test.each([
  [whole, 1, 10_000, "it used no index, measured on 10000 rows"],
  [bitmap, 250, 20_000, "it used idx_a, idx_b, it took 250.0 ms, measured on 20000 rows"],
  [whole, 1, undefined, "there is no index idx_user"],
])("what was found is said beside what was expected (%#)", (plan, milliseconds, rows, found) =>
  expect(verdict(plan, milliseconds, rows)).toEqual({
    passed: false,
    line: `FAILED latest: expected index idx_user, under 100 ms; ${found}`,
  }),
);

test("the task gets the queries, and runs again when one changes", async () => {
  const job = async (milliseconds: number) => {
    const resources = collectResources();
    const packages = MountedFiles.pinned("packages", "somewhere", {}, {});
    new QueryPerformance("demo", {
      namespace: "somewhere",
      image: "node:22",
      packages,
      environment: { PGHOST: "database" },
      queries: [{ ...query, milliseconds }],
      trigger: ["release 1"],
    });
    await settled();
    return resources.find(({ type }) => type === "kubernetes:batch/v1:Job")!.inputs as {
      metadata: { name: string };
      spec: { template: { spec: { containers: { command: string[]; env: unknown }[] } } };
    };
  };
  const first = await job(100);
  const [container] = first.spec.template.spec.containers;
  expect(container).toMatchObject({ command: ["node", "/runsheet/runner.cjs"] });
  expect(container!.env).toContainEqual({
    name: "QUERIES",
    value: JSON.stringify({ queries: [query] }),
  });
  expect((await job(200)).metadata.name).not.toBe(first.metadata.name);
});
