/** Rows that are kept apart: the database that was given up is started for it, and stopped again. */
import { ClusterDatabase } from "../../../drills/cluster-database";
import type { Kubectl } from "../../../drills/kubectl";
import { countsIn, keepApart, keepingEnded, keptIds, withoutDrill } from "../../../drills/kept";

const cluster = JSON.stringify({
  spec: { imageName: "postgresql:17", bootstrap: { initdb: { database: "prism", secret: { name: "prism-owner" } } } },
});

/** Cluster stand-in. `phase` is that of the copying pod, `counts` the answer to each count. */
function standIn(phase: string, counts = "0") {
  const done: string[] = [];
  const created: object[] = [];
  const run = (...args: string[]) => {
    const said = args.join(" ");
    if (/^(annotate|wait|delete|exec)/.test(said)) done.push(said);
    if (said.includes("-o json") && said.includes("clusters.postgresql.cnpg.io") && said.endsWith("json"))
      return Promise.resolve(cluster);
    if (said.includes("jsonpath={.status.phase}")) return Promise.resolve(phase);
    if (said.startsWith("get pods")) return Promise.resolve("pod-1");
    if (said.startsWith("logs")) return Promise.resolve("3 public.invoices\n120 public.runsheet_drill");
    if (said.includes("pg_is_in_recovery")) return Promise.resolve("f");
    return Promise.resolve(said.includes("SELECT count(*) FROM pg_tables") ? counts : "");
  };
  const kubectl = { run, create: (object: object) => Promise.resolve(void created.push(object)) };
  const database = (name: string) => new ClusterDatabase(kubectl as unknown as Kubectl, "prism", name);
  return { done, created, old: database("prism-postgresql"), restored: database("prism-postgresql-ab12cd") };
}

const annotate = (value: string) =>
  `annotate clusters.postgresql.cnpg.io -n prism prism-postgresql cnpg.io/hibernation=${value} --overwrite`;
const stopped =
  "wait -n prism clusters.postgresql.cnpg.io/prism-postgresql --for=condition=cnpg.io/hibernation --timeout=900s";
const changes = (done: string[]) => done.filter((line) => /^(annotate|wait)/.test(line));

test("the old database runs while its rows are copied, and no longer", async () => {
  const { done, created, old, restored } = standIn("Succeeded");
  expect(await keepApart(old, restored, { snapshot: "7:7:", table: "since_1" })).toEqual([
    { table: "public.invoices", count: 3 },
    { table: "public.runsheet_drill", count: 120 },
  ]);
  expect(changes(done)).toEqual([annotate("off"), annotate("on"), stopped]);
  const { spec } = created[0] as {
    spec: {
      containers: { command: string[]; env: { name: string; valueFrom: { secretKeyRef: { name: string } } }[] }[];
    };
  };
  expect(spec.containers[0]!.command.slice(3)).toEqual(["keep-apart.sh", "7:7:", "runsheet_kept", "since_1"]);
  const secretOf = (variable: string) =>
    spec.containers[0]!.env.find(({ name }) => name === variable)!.valueFrom.secretKeyRef.name;
  expect([secretOf("FROM_PGPASSWORD"), secretOf("PGPASSWORD")]).toEqual([
    "prism-postgresql-superuser",
    "prism-postgresql-ab12cd-superuser",
  ]);
});

test("it is stopped again if its rows cannot be copied", async () => {
  const { done, old, restored } = standIn("Failed");
  await expect(keepApart(old, restored, { snapshot: "7:7:", table: "since_1" })).rejects.toThrow(
    "the pod prism/runsheet-drill-kept is Failed: 3 public.invoices",
  );
  expect(changes(done)).toEqual([annotate("off")]);
  expect(await keepingEnded(old)).toBe("prism-postgresql, which was given up, is stopped again.");
  expect(changes(done)).toEqual([annotate("off"), annotate("on")]);
  expect(done.at(-2)).toBe("delete pod -n prism runsheet-drill-kept --ignore-not-found --grace-period=0 --force");
});

test("one that cannot be stopped is named", async () => {
  const kubectl = { run: () => Promise.reject(new Error("refused")) } as unknown as Kubectl;
  expect(await keepingEnded(new ClusterDatabase(kubectl, "prism", "prism-postgresql"))).toBe(
    "prism-postgresql, which was given up, runs again: pulumi up stops it (refused)",
  );
});

test("what others wrote is kept, and named", async () => {
  const { done, restored } = standIn("Succeeded");
  const kept = [
    { table: "public.invoices", count: 3 },
    { table: "public.runsheet_drill", count: 120 },
  ];
  expect(await withoutDrill(restored, "since_1", kept)).toEqual([
    "runsheet_kept.since_1 in prism-postgresql-ab12cd keeps what others wrote meanwhile: 3 of public.invoices. Put back what is right (jsonb_populate_record), then drop the table.",
  ]);
  expect(done.join("\n")).toContain("DELETE FROM runsheet_kept.since_1 WHERE table_name LIKE '%runsheet_drill'");
  expect(done.join("\n")).not.toContain("DROP");
});

test.each([
  ["0", true],
  ["1", false],
])("with rows of the drill only nothing is left; %s other tables are in the schema", async (others, dropped) => {
  const { done, restored } = standIn("Succeeded", others);
  expect(await withoutDrill(restored, "since_1", [{ table: "public.runsheet_drill", count: 120 }])).toEqual([]);
  expect(done.join("\n")).toContain("DROP TABLE IF EXISTS runsheet_kept.since_1");
  expect(done.join("\n").includes("DROP SCHEMA IF EXISTS runsheet_kept")).toBe(dropped);
});

test("what is no table of kept rows never becomes SQL", async () => {
  const { done, restored } = standIn("Succeeded");
  const table = "since_1; DROP TABLE invoices";
  for (const work of [() => keptIds(restored, table), () => withoutDrill(restored, table, [])])
    await expect(work()).rejects.toThrow("since_1; DROP TABLE invoices is no table of kept rows");
  expect(done).toEqual([]);
});

test("names of tables may have spaces", () =>
  expect(countsIn('NOTICE: x\n12 billing."Odd Name"\n')).toEqual([{ table: 'billing."Odd Name"', count: 12 }]));
