/** Errors in the prerequisites: the services stay as they are. */
import { eventually, kubectl, sql } from "../support/cluster";
import { apiRelease, FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
afterAll(() => stack.restore());

test("the existing schema is missing", async () => {
  await sql("ALTER TABLE public.invoices RENAME TO invoices_away");
  stack.configure({ "prism:release": "5.0.2" });
  await stack.upFails(
    'FAILED the existing PRISM schema: missing is ["public.invoices"], expected []',
    "or set prism:baseline to true on a stack of its own",
  );
  expect(await apiRelease()).toBe("5.0.0");
  await sql("ALTER TABLE public.invoices_away RENAME TO invoices");
  await stack.upSucceeds();
});

test("the database cannot be reached", async () => {
  await kubectl(
    "annotate",
    "-n",
    "prism",
    "clusters.postgresql.cnpg.io/prism-postgresql",
    "cnpg.io/hibernation=on",
    "--overwrite",
  );
  await eventually(
    "the database is off",
    async () => !(await kubectl("get", "pods", "-n", "prism")).includes("prism-postgresql-1"),
    120,
  );
  stack.configure({ "prism:release": "5.0.3" });
  await stack.upFails(/FAILED PostgreSQL 14 or later: .*(ECONNREFUSED|timeout|EHOSTUNREACH)/);
  expect(await apiRelease()).toBe("5.0.2");
  await kubectl("annotate", "-n", "prism", "clusters.postgresql.cnpg.io/prism-postgresql", "cnpg.io/hibernation-");
  await eventually("the database is back", async () => (await sql("SELECT 1")) === "1", 180);
  await stack.upSucceeds();
});
