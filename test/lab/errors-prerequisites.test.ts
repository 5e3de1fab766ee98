/** Errors in the prerequisites, of every system at once: the services stay as they are. */
import { eventually, kubectl, releaseOf, sql, systems, type System } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
afterAll(() => stack.restore());

const each = <T>(ask: (system: System) => Promise<T>) => Promise.all(systems.map(ask));
const releases = (prism: string, omniops: string, mued: string, pm: string) =>
  stack.configure({ "prism:release": prism, "omniops:release": omniops, "mued:release": mued, "pm:release": pm });

test("the existing schema is missing", async () => {
  const tables = { prism: "invoices", omniops: "customers", mued: "materials", pm: "opportunities" };
  await each((system) => sql(`ALTER TABLE public.${tables[system]} RENAME TO ${tables[system]}_away`, system));
  releases("5.0.2", "phase4-v0.2.2", "2.0.2", "2.0.2");
  const wayOut = (system: System) => `or set ${system}:baseline to true on a stack of its own`;
  await stack.upFails(
    'FAILED the existing PRISM schema: missing is ["public.invoices"], expected []',
    'FAILED the existing OmniOps schema: missing is ["public.customers"], expected []',
    'FAILED the existing MUED schema: missing is ["public.materials"], expected []',
    'FAILED the existing PM Intelligence schema: missing is ["public.opportunities"], expected []',
    ...systems.map(wayOut),
  );
  expect(await each(releaseOf)).toEqual(["5.0.0", "phase4-v0.2.0", "2.0.0", "2.0"]);
  await each((system) => sql(`ALTER TABLE public.${tables[system]}_away RENAME TO ${tables[system]}`, system));
});

test("the databases cannot be reached; with their schemas and there again, the next up passes", async () => {
  const hibernation = (value: string) =>
    each((system) => {
      const cluster = `clusters.postgresql.cnpg.io/${system}-postgresql`;
      return kubectl("annotate", "-n", system, cluster, `cnpg.io/hibernation${value}`, "--overwrite");
    });
  await hibernation("=on");
  const gone = async (system: System) =>
    !(await kubectl("get", "pods", "-n", system)).includes(`${system}-postgresql-1`);
  await eventually("the databases are off", async () => (await each(gone)).every(Boolean), 120);
  await stack.upFails(
    /FAILED PostgreSQL 14 or later: .*(ECONNREFUSED|timeout|EHOSTUNREACH)/,
    /FAILED PostgreSQL 15 or later: .*(ECONNREFUSED|timeout|EHOSTUNREACH)/,
    "omniops  stopped in prerequisites (omniops-prerequisites)",
    "mued     stopped in prerequisites (mued-prerequisites)",
    "pm       stopped in prerequisites (pm-prerequisites)",
  );
  expect(await each(releaseOf)).toEqual(["5.0.0", "phase4-v0.2.0", "2.0.0", "2.0"]);
  await hibernation("-");
  const back = async (system: System) => (await sql("SELECT 1", system)) === "1";
  await eventually("the databases are back", async () => (await each(back)).every(Boolean), 180);
  releases("5.0.2", "phase4-v0.2.0", "2.0.2", "2.0.2");
  await stack.upSucceeds();
});
