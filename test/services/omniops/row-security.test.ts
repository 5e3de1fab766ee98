/**
 * Row-level security: rows that the owners of two customers, an anonymous user, the services and the read-only role see
 * and change.
 */
import type { Client } from "pg";
import type { ThrowAwayPostgres } from "../postgres";
import { readAll, readAsNobody, servicesLogin, signedIn, visibleRows } from "../signed-in";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { omniopsSystem, tables } from "./omniops";
import { addOwner, addRowsEverywhere, everywhere, type Owner } from "./rows";

jest.setTimeout(60_000);

let postgres: ThrowAwayPostgres;
let omniops: SystemDatabase;
let ada: Owner;
let bola: Owner;

startSystem(omniopsSystem, async (created) => {
  ({ postgres } = created);
  omniops = created;
  await omniops.sqitch("deploy");
  ada = await addOwner(omniops, "ada-limited");
  bola = await addOwner(omniops, "bola-and-sons");
  await addRowsEverywhere(omniops, ada);
  await addRowsEverywhere(omniops, bola);
});

const asUser = <Result>(user: string | undefined, work: (client: Client) => Promise<Result>) =>
  signedIn(omniops, user, work);
const visible = (client: Client) => visibleRows(client, tables);

test.each(tables)("%s: an owner sees what is their customer's and not the other's", async (table) => {
  const column = ["prediction_analysis", "escalation_rules"].includes(table) ? "customer_id" : "conversation_id";
  const seenBy = async (owner: Owner): Promise<string[]> =>
    asUser(owner.user, async (client) =>
      (await client.query<{ what: string }>(`SELECT ${column} AS what FROM public.${table}`)).rows.map(
        ({ what }) => what,
      ),
    );
  const key = column === "customer_id" ? "customer" : "conversation";
  expect(await seenBy(ada)).toEqual([ada[key]]);
  expect(await seenBy(bola)).toEqual([bola[key]]);
});

test("the messages, too, are seen by the customer's owner only", async () => {
  const seen = (client: Client) => client.query("SELECT id FROM public.messages");
  expect(await asUser(ada.user, async (client) => (await seen(client)).rows as unknown[])).toEqual([
    { id: ada.message },
  ]);
});

test("a token without a user sees nothing", async () => {
  expect(await asUser(undefined, visible)).toEqual(everywhere(0));
});

test.each(tables)("%s: nobody who is not signed in gets at it", async (table) => {
  await expect(readAsNobody(omniops, table)).rejects.toThrow(`permission denied for table ${table}`);
});

const asServices = <Result>(begin: string, work: (client: Client) => Promise<Result>) =>
  servicesLogin(omniops, begin, work);

test.each(tables)("%s: the services' login alone does not get at it", async (table) => {
  await expect(asServices("", (client) => readAll(client, table))).rejects.toThrow(
    `permission denied for table ${table}`,
  );
});

test("in the name of a user, the services' login sees the user's rows only", async () => {
  const claims = JSON.stringify({ sub: ada.user });
  const begin = `SET LOCAL ROLE authenticated; SELECT set_config('request.jwt.claims', '${claims}', true)`;
  expect(await asServices(begin, visible)).toEqual(everywhere(1));
});

test("the services see and change every row, once they have set service_role", async () => {
  await asServices("SET LOCAL ROLE service_role", async (client) => {
    expect(await visible(client)).toEqual(everywhere(2));
    for (const table of [...tables].reverse()) {
      const { rowCount } = await client.query(`DELETE FROM public.${table}`);
      expect([table, rowCount]).toEqual([table, 2]);
    }
  });
});

test("the read-only role sees every row and changes none", async () => {
  await postgres.connected({ user: "omniops_read_only", database: omniops.database }, async (client) => {
    expect(await visible(client)).toEqual(everywhere(2));
    for (const table of tables) {
      await expect(client.query(`DELETE FROM public.${table}`)).rejects.toThrow(`permission denied for table ${table}`);
    }
  });
});

describe("what an owner may write", () => {
  test("their customer's escalation rules, and not the other's", async () => {
    const insert = "INSERT INTO public.escalation_rules (customer_id, name, threshold) VALUES ($1, 'Very angry', 0.1)";
    await asUser(ada.user, (client) => client.query(insert, [ada.customer]));
    await expect(asUser(ada.user, (client) => client.query(insert, [bola.customer]))).rejects.toThrow(
      'new row violates row-level security policy for table "escalation_rules"',
    );
    const changed = asUser(ada.user, (client) => client.query("UPDATE public.escalation_rules SET enabled = false"));
    expect((await changed).rowCount).toBe(1);
    await expect(
      asUser(ada.user, (client) => client.query("UPDATE public.escalation_rules SET customer_id = 'bola-and-sons'")),
    ).rejects.toThrow('new row violates row-level security policy for table "escalation_rules"');
  });

  test.each(tables.filter((table) => table !== "escalation_rules"))("nothing in %s", async (table) => {
    await expect(asUser(ada.user, (client) => client.query(`DELETE FROM public.${table}`))).rejects.toThrow(
      `permission denied for table ${table}`,
    );
  });
});
