/**
 * Privileges that the migrations grant, each revoked in turn: the check before a deployment finds every missing one.
 */
import { resolve } from "node:path";
import { run } from "../../lab/command";
import { failureOf } from "./failure";
import { muedSystem } from "./mued/mued";
import { omniopsSystem } from "./omniops/omniops";
import { pmSystem } from "./pm/pm";
import { ThrowAwayPostgres } from "./postgres";
import { prismSystem } from "./prism/prism";
import { SystemDatabase } from "./system-database";

jest.setTimeout(600_000);

const script = resolve(__dirname, "../../components/migrations/in-pod/migrate.sh");
// One server for each system, since some systems have roles of the same name.
let postgres: ThrowAwayPostgres;
beforeEach(async () => (postgres = await ThrowAwayPostgres.start()));
afterEach(() => postgres?.stop());

/** Privilege of a role on a table, view or function, in the syntax of GRANT. */
interface Right {
  readonly right: string;
  readonly role: string;
}

/** Privileges of roles other than the owner on the current objects. */
const rights = `
  SELECT privilege_type || ' ON ' || format('%I.%I', nspname, relname) AS right, grantee::regrole::text AS role
  FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace, aclexplode(relacl)
  WHERE nspname = 'public' AND grantee <> relowner AND grantee <> 0
  UNION ALL
  SELECT 'EXECUTE ON FUNCTION ' || p.oid::regprocedure, grantee::regrole::text
  FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace, aclexplode(proacl)
  WHERE nspname = 'public' AND grantee <> proowner AND grantee <> 0`;

test.each([prismSystem, omniopsSystem, muedSystem, pmSystem])("$name", async (system) => {
  const database = await SystemDatabase.create(postgres, system);
  const given = async () => (await database.query<Right>(rights)).map(({ right, role }) => [right, role] as const);
  const before = (await given()).map(String);
  await database.sqitch("deploy", "--verify");
  const env = { ...postgres.environment(database.owner), RUNSHEET_PROJECT: database.project };
  const check = () => run("sh", [script, "check", system.name, "any"], { env });
  await check();
  const unnoticed: string[] = [];
  const all = (await given()).filter((right) => !before.includes(String(right)));
  for (const [right, role] of all) {
    await database.query(`REVOKE ${right} FROM ${role}`);
    await failureOf(check()).catch(() => unnoticed.push(`${right} TO ${role}`));
    await database.query(`GRANT ${right} TO ${role}`);
  }
  expect(all.length).toBeGreaterThan(20);
  expect(unnoticed).toEqual([]);
});
