/** Checks with a login of a database that exists, which has the rights of service_role only where it sets that role. */
import type { Check } from "../../../components/checks/check";
import { applicationRights } from "../../../components/system/existing-database";
import { runChecks } from "../../support/checks-runner";
import { loginsEnvironment } from "../../support/url-environment";
import { asSuperuser } from "../postgres";
import { ExistingServer } from "./server";

jest.setTimeout(60_000);

let server: ExistingServer;
const sql = (statements: string) => server.postgres.query(asSuperuser("data"), statements);

beforeAll(async () => {
  server = await ExistingServer.start();
  await sql("CREATE ROLE service_role; ALTER ROLE app NOINHERIT; GRANT service_role TO app");
  await sql("CREATE TABLE public.invoices (n int); GRANT SELECT, INSERT, UPDATE, DELETE ON invoices TO service_role");
});
afterAll(() => server.stop());

/** Runs a check with the application's login. */
const run = (check: Check, url = server.url(), actsAs?: string) =>
  runChecks([check], { environment: loginsEnvironment({ url, directUrl: url }), actsAs });

const who: Check = { name: "who", sql: "SELECT current_user::text AS role FROM invoices", withinSeconds: 0 };

test("a pooler in transaction mode gives no connection to others with the role set", async () => {
  const url = await server.pool("transaction", 1);
  expect((await run(who, url)).stderr).toBe("FAILED who: permission denied for table invoices\n");
  expect(await run(who, url, "service_role")).toMatchObject({ code: 0, stderr: "" });
  expect((await run(who, url)).stderr).toBe("FAILED who: permission denied for table invoices\n");
});

const tables = { own: ["public.invoices"] };
const asks = (actsAs?: string): Check => ({ ...applicationRights("prism", { tables, actsAs }), withinSeconds: 0 });
const missing = (rights: string) =>
  `FAILED the application's rights on the existing tables: missing is [${rights}], expected []\n` +
  "  GRANT these to the user of prism:databaseUrl, as the tables' owner.\n";

test("the rights of a role that the application may set are its own", async () => {
  const all = ["DELETE", "INSERT", "SELECT", "UPDATE"].map((right) => `"${right} ON public.invoices"`).join(",");
  expect((await run(asks())).stderr).toBe(missing(all));
  for (const set of [undefined, "service_role"])
    expect(await run(asks("service_role"), server.url(), set)).toMatchObject({ code: 0, stderr: "" });
});

test("a right that neither has is told, and one of the login alone is enough", async () => {
  await sql("REVOKE DELETE, UPDATE ON invoices FROM service_role; GRANT UPDATE ON invoices TO app");
  for (const set of [undefined, "service_role"])
    expect((await run(asks("service_role"), server.url(), set)).stderr).toBe(missing('"DELETE ON public.invoices"'));
});
