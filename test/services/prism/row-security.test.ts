/**
 * Row-level security: rows that user A, user B, an anonymous user, the services and the read-only role see and change.
 */
import type { Client } from "pg";
import type { ThrowAwayPostgres } from "../postgres";
import { prismSystem, tables } from "./prism";
import { readAll, readAsNobody, servicesLogin, signedIn, visibleRows } from "../signed-in";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { deployWithTwoOwners, type Owner } from "./rows";

jest.setTimeout(60_000);

let postgres: ThrowAwayPostgres;
let prism: SystemDatabase;
let ada: Owner;
let bola: Owner;

startSystem(prismSystem, async (created) => {
  ({ postgres } = created);
  prism = created;
  ({ ada, bola } = await deployWithTwoOwners(prism));
});

const asUser = <Result>(user: string | undefined, work: (client: Client) => Promise<Result>) =>
  signedIn(prism, user, work);
const visible = (client: Client) => visibleRows(client, tables);

const everywhere = (rows: number): Record<string, number> => Object.fromEntries(tables.map((table) => [table, rows]));

const personal = tables.filter((table) => table !== "ml_models");

test.each(personal)("%s: a user sees their own row and not the other's", async (table) => {
  const column = table === "business_classification_patterns" ? "business_id" : "user_id";
  const seenBy = async (owner: Owner): Promise<string[]> =>
    asUser(owner.user, async (client) =>
      (await client.query<{ who: string }>(`SELECT ${column} AS who FROM public.${table}`)).rows.map((row) => row.who),
    );
  const key = column === "user_id" ? "user" : "business";
  expect(await seenBy(ada)).toEqual([ada[key]]);
  expect(await seenBy(bola)).toEqual([bola[key]]);
});

test("a token without a user sees nothing, and the model registry is for no user", async () => {
  const query = "SELECT count(*)::integer AS rows FROM public.ai_feedback";
  expect(await asUser(undefined, async (client) => (await client.query(query)).rows as unknown[])).toEqual([
    { rows: 0 },
  ]);
  await expect(asUser(ada.user, (client) => client.query("SELECT * FROM public.ml_models"))).rejects.toThrow(
    "permission denied for table ml_models",
  );
});

test.each(tables)("%s: nobody who is not signed in gets at it", async (table) => {
  await expect(readAsNobody(prism, table)).rejects.toThrow(`permission denied for table ${table}`);
});

const asServices = <Result>(begin: string, work: (client: Client) => Promise<Result>) =>
  servicesLogin(prism, begin, work);

test.each(tables)("%s: the services' login alone does not get at it", async (table) => {
  await expect(asServices("", (client) => readAll(client, table))).rejects.toThrow(
    `permission denied for table ${table}`,
  );
});

test("in the name of a user, the services' login sees the user's rows only", async () => {
  const claims = JSON.stringify({ sub: ada.user });
  const begin = `SET LOCAL ROLE authenticated; SELECT set_config('request.jwt.claims', '${claims}', true)`;
  const counts = Object.fromEntries(personal.map((table) => [table, 1]));
  expect(await asServices(begin, (client) => visibleRows(client, personal))).toEqual(counts);
});

test("the services see and change every row, once they have set service_role", async () => {
  const models = { ml_models: 1 };
  await asServices("SET LOCAL ROLE service_role", async (client) => {
    expect(await visible(client)).toEqual({ ...everywhere(2), ...models });
    for (const table of personal.filter((name) => name !== "business_classification_patterns")) {
      const { rowCount } = await client.query(`DELETE FROM public.${table} WHERE user_id = $1`, [ada.user]);
      expect([table, rowCount]).toEqual([table, table === "profile_corrections" ? 0 : 1]);
    }
  });
});

test("the read-only role sees every row and changes none", async () => {
  await postgres.connected({ user: "prism_read_only", database: prism.database }, async (client) => {
    expect(await visible(client)).toEqual({ ...everywhere(2), ml_models: 1 });
    for (const table of tables) {
      await expect(client.query(`DELETE FROM public.${table}`)).rejects.toThrow(`permission denied for table ${table}`);
    }
  });
});

describe("what a user may write", () => {
  const feedback = (owner: Owner, business: string, isUsed: boolean): [string, unknown[]] => [
    `INSERT INTO public.ai_feedback
       (business_id, user_id, subject_type, subject_id, prediction, correction, used_in_training, training_batch_id, trained_at)
     VALUES ($1, $2, 'invoice', gen_random_uuid(), '{}', '{}', $3, ${isUsed ? "gen_random_uuid(), now()" : "NULL, NULL"})`,
    [business, owner.user, isUsed],
  ];
  const refused = (table: string): string => `new row violates row-level security policy for table "${table}"`;

  test("feedback of their own, for their own business, that no training has used", async () => {
    await asUser(ada.user, (client) => client.query(...feedback(ada, ada.business, false)));
    for (const [owner, business, isUsed] of [
      [bola, bola.business, false],
      [ada, bola.business, false],
      [ada, ada.business, true],
    ] as const) {
      await expect(asUser(ada.user, (client) => client.query(...feedback(owner, business, isUsed)))).rejects.toThrow(
        refused("ai_feedback"),
      );
    }
  });

  test("validations of their own invoices", async () => {
    const insert = "INSERT INTO public.invoice_validations (invoice_id, user_id, field_name) VALUES ($1, $2, 'date')";
    await asUser(ada.user, (client) => client.query(insert, [ada.invoice, ada.user]));
    await expect(asUser(ada.user, (client) => client.query(insert, [bola.invoice, ada.user]))).rejects.toThrow(
      refused("invoice_validations"),
    );
  });

  test("corrections of their own profile", async () => {
    const insert = `INSERT INTO public.profile_corrections (user_id, field_name, corrected_value)
      VALUES ($1, 'profile_type', 'company')`;
    await asUser(ada.user, (client) => client.query(insert, [ada.user]));
    await expect(asUser(ada.user, (client) => client.query(insert, [bola.user]))).rejects.toThrow(
      refused("profile_corrections"),
    );
  });

  test("that an insight of theirs was read and acted on, and nothing else of it", async () => {
    const read = "UPDATE public.user_insights SET read_at = now(), acted_at = now()";
    expect(await asUser(ada.user, async (client) => (await client.query(read)).rowCount)).toBe(1);
    await expect(
      asUser(ada.user, (client) => client.query("UPDATE public.user_insights SET title = 'x'")),
    ).rejects.toThrow("permission denied for table user_insights");
  });

  test.each(["business_classification_patterns", "user_tax_profiles"])("nothing in %s", async (table) => {
    await expect(asUser(ada.user, (client) => client.query(`DELETE FROM public.${table}`))).rejects.toThrow(
      `permission denied for table ${table}`,
    );
  });
});
