/**
 * The five systems as their teams have them: Pulumi.staging.yaml, with applications that were written from the runbooks
 * alone, in private images; databases outside of the cluster, which are three Supabase projects, a Neon project that
 * sleeps when idle, and a PostgreSQL with Flyway's history; OmniOps' Redis outside of it, with TLS. Each test goes on
 * where the last one ended.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostAddress } from "../../lab/cluster/addresses";
import type { Report } from "../../drills/report";
import setUp from "../services/setup";
import { TeamDatabase } from "../services/teams/team-database";
import { aiBackend, mued, omniops, pm, prism, teams, type Team } from "../services/teams/teams";
import { eventually, kubectl, pauseWorkloads, runNow } from "../support/cluster";
import { expectAllAnswered, lastPodGone } from "../support/load";
import { teamsConfiguration, teamsSecrets } from "../support/teams/configuration";
import { ApplicationImages } from "../support/teams/images";
import { drizzleJournal } from "../support/teams/migrations";
import { TeamRedis } from "../support/teams/redis";
import { TeamRegistry } from "../support/teams/registry";
import { TeamStack } from "../support/teams/stack";

const stack = new TeamStack();
let registry: TeamRegistry;
let redis: TeamRedis;
let images: ApplicationImages;
let distrust: () => void;
const databases = new Map<Team, TeamDatabase>();
const of = (team: Team) => databases.get(team)!;
const migrating = [prism, omniops, mued, pm];

const rolesSql = "SELECT rolname FROM pg_roles ORDER BY rolname";
/** Roles, owned tables and their privileges of every database, which the stack must leave as they are. */
let rolesBefore: unknown[];
let resumeWorkloads: () => Promise<void>;
const roles = () => Promise.all(teams.map((team) => of(team).query(rolesSql)));

/** Namespace of a system. The guide of OmniOps names one. */
const namespaceOf = (system: string) => `team-${system === "omniops" ? "production" : system}`;

/** Value of the flag of PM's maintenance mode: empty if it is off. */
const maintenance = () => kubectl("exec", "-n", "team-pm", "pm-redis-0", "--", "redis-cli", "GET", "maintenance_mode");

/** Runs `work` with a file of a team's migrations as `text`, and puts back what was there. */
function write(team: Team, path: string, text: string): void {
  writeFileSync(join(of(team).directory, path), text);
}

/** Builds the images of a release of a system, and pushes them. */
async function pushed(system: string, release: string): Promise<void> {
  const own = images.names.filter((name) => name === system || name.startsWith(`${system}-`));
  for (const name of own) await registry.push(await images.build(name, release));
}

/** Configures the next release of a system, whose images are then in the registry. */
async function nextRelease(system: string): Promise<void> {
  stack.nextRelease(system);
  await pushed(system, stack.release(system));
}

beforeAll(async () => {
  await setUp();
  resumeWorkloads = await pauseWorkloads();
  for (const team of teams) databases.set(team, await TeamDatabase.start(team, hostAddress));
  rolesBefore = await roles();
  [registry, redis, images] = await Promise.all([TeamRegistry.start(), TeamRedis.start(), ApplicationImages.create()]);
  distrust = registry.trustedByLab();
  const systems = teams.map((team) => ({
    ...{ system: team.system, ca: of(team).server.ca, directory: team.tool && of(team).directory },
    ...{ databaseUrl: of(team).databaseUrl(hostAddress), databaseDirectUrl: of(team).databaseDirectUrl(hostAddress) },
  }));
  const servers = { registry, redis };
  await stack.create(teamsConfiguration(systems, servers), teamsSecrets(systems, servers));
  for (const { system } of teams) await pushed(system, stack.release(system));
});
afterAll(async () => {
  for (const database of databases.values()) await database.stop();
  distrust();
  await Promise.all([registry.stop(), redis.stop()]);
  images.remove();
  stack.remove();
  await resumeWorkloads();
});

test("the first up takes over what the tools applied, and applies the rest", async () => {
  for (const team of migrating) expect(await of(team).history()).toEqual(of(team).expectedHistory(team.tool!.applied));
  await stack.up();
  for (const team of migrating) expect(await of(team).history()).toEqual(of(team).expectedHistory());
  for (const team of teams) expect(await of(team).kept()).toBe(team.kept.rows);
  expect(await roles()).toEqual(rolesBefore);
  const { database } = await stack.output("pm");
  expect(database).toMatchObject({ live: `${hostAddress}/pm`, givenUp: [] });
});

test("a second up changes nothing", async () => {
  expect(await stack.up("--expect-no-changes")).toMatch(/Resources:\n\s+\d+ unchanged\n/);
});

/** The workload that serves each system's users, and a request that needs what it depends on. */
const entrances: Readonly<Record<string, readonly [workload: string, path: string]>> = {
  prism: ["prism-api", ":3000/health"],
  omniops: ["omniops-phase4", ":3000/api/ready"],
  mued: ["mued-web", ":3000/api/health"],
  pm: ["pm-backend", ":3000/api/health"],
  "ai-backend": ["ai-backend", ":8000/health"],
};
const runningRelease = (system: string) => {
  const release = "jsonpath={.metadata.labels.app\\.kubernetes\\.io/version}";
  return kubectl("get", "-n", namespaceOf(system), `deployment/${entrances[system]![0]}`, "-o", release);
};

describe("the next release of all five", () => {
  const before = new Map<string, string>();

  test("rolls out without losing a request", async () => {
    for (const { system } of teams) before.set(system, stack.release(system));
    for (const { system } of teams) await nextRelease(system);
    const urls = Object.entries(entrances).map(
      ([system, [name, path]]) => `http://${name}.${namespaceOf(system)}${path}`,
    );
    await expectAllAnswered("load-teams", { urls, rate: 50 }, async () => {
      await stack.up();
      for (const { system } of teams) {
        expect(await runningRelease(system)).toBe(stack.release(system));
        await lastPodGone(namespaceOf(system), entrances[system]![0], before.get(system)!);
      }
    });
  });

  test("goes back to the one before", async () => {
    for (const { system } of teams) stack.configure({ [`${system}:release`]: before.get(system) });
    await stack.up();
    for (const { system } of teams) expect(await runningRelease(system)).toBe(before.get(system));
    expect(await stack.up("--expect-no-changes")).toMatch(/Resources:\n\s+\d+ unchanged\n/);
  });
});

test("an image that somebody else deploys is found, and taken back", async () => {
  const image = (system: string) =>
    kubectl(
      ...["get", "-n", namespaceOf(system), `deployment/${entrances[system]![0]}`],
      ...["-o", "jsonpath={.spec.template.spec.containers[0].image}"],
    );
  const images = await Promise.all(teams.map(({ system }) => image(system)));
  for (const { system } of teams)
    await kubectl(
      "set",
      "image",
      "-n",
      namespaceOf(system),
      `deployment/${entrances[system]![0]}`,
      "*=elsewhere/image:1",
    );
  const drift = await stack.drift();
  for (const [workload] of Object.values(entrances))
    expect(drift).toMatch(new RegExp(`~ +kubernetes:apps/v1:Deployment +${workload} +.*\\[diff: .*spec`));
  await stack.up("--refresh");
  expect(await Promise.all(teams.map(({ system }) => image(system)))).toEqual(images);
});

test("checks are changed, skipped with a reason, and added", async () => {
  stack.configure({
    "mued:checks": {
      "the critical endpoint /api/ai/chat": { timeoutSeconds: 120, headers: { Authorization: "Bearer ${chatToken}" } },
      "the rollback triggers": { skip: "measured every night" },
      "materials are there": { sql: "SELECT count(*)::int AS materials FROM materials", row: { materials: 11 } },
    },
  });
  await stack.secrets({ "mued:chatToken": "of-the-chat" });
  await stack.up();
  const log = await kubectl("logs", "-n", "team-mued", "-l", "app.kubernetes.io/name=mued-smoke-test", "--tail=-1");
  expect(log).toContain("ok     the critical endpoint /api/ai/chat\n");
  expect(log).toContain("skipped the rollback triggers: measured every night\n");
  expect(log).toContain("ok     materials are there\n");
  expect(log).not.toContain("of-the-chat");
  const { skippedChecks } = await stack.output("mued");
  expect(skippedChecks).toEqual({ "the rollback triggers": "measured every night" });
  stack.configure({ "mued:checks": undefined, "mued:chatToken": undefined });
  await stack.up();
});

test("a migration that is broken leaves nothing, and its repair goes on", async () => {
  const broken = "V3_014__notes";
  write(pm, `${broken}.sql`, "CREATE TABLE notes (id bigint PRIMARY KEY);\nALTER TABLE nowhere ADD n int;\n");
  const output = await stack.upFails();
  expect(output).toContain('ERROR:  relation "nowhere" does not exist');
  expect(output).toContain(`the change ${broken} failed, and nothing of it was applied.`);
  expect(await of(pm).history()).toEqual(of(pm).expectedHistory());
  expect(await of(pm).query("SELECT to_regclass('notes') AS table")).toEqual([{ table: null }]);
  // The runbook's maintenance mode is on until the deployment has come to its end.
  expect(await maintenance()).toBe("true");

  write(pm, `${broken}.sql`, "CREATE TABLE notes (id bigint PRIMARY KEY);\n");
  write(pm, "U3_014__notes.sql", "DROP TABLE notes;\n");
  await stack.up();
  expect(await maintenance()).toBe("");
  const history = await of(pm).history();
  expect(history.slice(0, -1)).toEqual(of(pm).expectedHistory());
  expect(history.at(-1)).toMatchObject({
    version: "3.014",
    description: "notes",
    script: `${broken}.sql`,
    success: true,
  });
});

test("a file that was edited after it was applied is refused", async () => {
  const { path, name, sql } = of(omniops).migrations[1]!;
  write(omniops, path, `${sql}SELECT 1;\n`);
  expect(await stack.upFails()).toContain(
    `refused: the change ${name} is applied already, and its file is not the one that was applied.`,
  );
  write(omniops, path, sql);
  await stack.up();
  expect(await of(omniops).history()).toEqual(of(omniops).expectedHistory());
});

test("a pooler in transaction mode in the place of the direct URL is refused", async () => {
  await stack.secrets({ "mued:databaseDirectUrl": of(mued).server.pooled!({ host: hostAddress }) });
  expect(await stack.upFails()).toContain(
    "FAILED migrations keep their session: databaseDirectUrl leads through a pooler in transaction mode, which gives a session's connection away after each transaction",
  );
  await stack.secrets({ "mued:databaseDirectUrl": of(mued).databaseDirectUrl(hostAddress) });
  await stack.up();
});

describe("a backup of the platform's own before the migrations", () => {
  const backup = (script: string) => ({
    command: {
      image: "runsheet.lab/postgresql:17",
      command: ["sh", "-c", script],
      secrets: { NEON_API_KEY: "neonApiKey" },
    },
  });
  const history = () => of(mued).history();

  test("that fails stops the deployment before anything is applied", async () => {
    await stack.secrets({ "mued:neonApiKey": "of-neon" });
    stack.configure({ "mued:backup": backup('echo "no branch $BACKUP_NAME" >&2; exit 3') });
    await nextRelease("mued");
    const before = await history();
    const output = await stack.upFails();
    expect(output).toMatch(/no branch mued-before-[\w.-]+/);
    expect(output).toContain("stopped in backup (mued-backup-command)");
    expect(await history()).toEqual(before);
  });

  test("has its secrets and the database's login, and its output is the Job's result", async () => {
    const script = 'echo "$SYSTEM $BACKUP_NAME"; [ "$NEON_API_KEY" = of-neon ] && psql -Atc "SELECT current_user"';
    stack.configure({ "mued:backup": backup(script) });
    await stack.up();
    const message = "jsonpath={.items[*].status.containerStatuses[0].state.terminated.message}";
    const selector = "app.kubernetes.io/name=mued-backup-command";
    const result = await kubectl("get", "pods", "-n", "team-mued", "-l", selector, "-o", message);
    expect(result).toMatch(/^mued mued-before-[\w.-]+\n\w+$/);
    expect(await stack.up("--expect-no-changes")).toMatch(/Resources:\n\s+\d+ unchanged\n/);
    stack.configure({ "mued:backup": undefined, "mued:neonApiKey": undefined });
    await stack.up();
  });
});

test("Flyway's undo files take PM back, and the changes come again", async () => {
  stack.configure({
    "pm:schema": {
      target: "V3_010_1__conflict_targets",
      without: ["neo4j_sync_dead_letter", "observability", "scheduled_reports", "user_features"],
    },
  });
  await stack.up();
  expect(await of(pm).history()).toEqual(of(pm).expectedHistory(12));
  expect(await of(pm).query("SELECT to_regclass('report_schedules') AS table")).toEqual([{ table: null }]);
  stack.configure({ "pm:schema": undefined });
  await stack.up();
  expect((await of(pm).history()).slice(0, -1)).toEqual(of(pm).expectedHistory());
  expect(await of(pm).kept()).toBe(pm.kept.rows);
});

test("a target below what Supabase applied is refused, for nothing takes it back", async () => {
  const [, , target, , , , , last] = of(prism).names;
  stack.configure({ "prism:schema": { target } });
  expect(await stack.upFails()).toContain(
    `refused: the change ${last!} is applied, which is above schema.target ${target!}, and no file takes it back.`,
  );
  stack.configure({ "prism:schema": undefined });
  await stack.up();
  expect(await of(prism).history()).toEqual(of(prism).expectedHistory());
});

describe("what somebody changed by hand is said at the next deployment", () => {
  test("a right of the application's that was revoked", async () => {
    await of(prism).query("REVOKE INSERT ON invoices FROM service_role");
    await nextRelease("prism");
    expect(await stack.upFails()).toContain(
      'FAILED the application\'s rights on the existing tables: missing is ["INSERT ON public.invoices"], expected []',
    );
    await of(prism).query("GRANT INSERT ON invoices TO service_role");
    await stack.up();
  });

  test("an index that was dropped", async () => {
    await of(mued).query("DROP INDEX idx_plugin_enabled_healthy");
    await nextRelease("mued");
    expect(await stack.upFails()).toContain(
      'FAILED the parts of the schema: missing is ["rag_indexes: idx_plugin_enabled_healthy"], expected []',
    );
    await of(mued).query(
      "CREATE INDEX idx_plugin_enabled_healthy ON plugin_registry (source) WHERE enabled AND health_status = 'healthy'",
    );
    await stack.up();
  });
});

/** Writes a migration that no team's tool knows yet, as that tool names its files. Returns its name. */
function writeNext(team: Team, sql: string): string {
  const { names, migrations } = of(team);
  if (team === mued) {
    const name = `${String(names.length).padStart(4, "0")}_remarks`;
    const row = { created_at: String(Number(migrations.at(-1)!.row.created_at) + 86_400_000) };
    const files = drizzleJournal([...migrations, { name, path: `${name}.sql`, sql, row }]);
    for (const [path, text] of Object.entries({ ...files, [`${name}.sql`]: sql })) write(team, path, text);
    return name;
  }
  const name = team === pm ? "V3_015__remarks" : "20990101000000_remarks";
  write(team, `${name}.sql`, sql);
  return name;
}

test("a broken migration of each system leaves nothing, and each repair goes on", async () => {
  const sizes = await Promise.all(migrating.map(async (team) => (await of(team).history()).length));
  const table = "CREATE TABLE remarks (id bigint PRIMARY KEY);\n";
  const names = migrating.map((team) => writeNext(team, `${table}ALTER TABLE nowhere ADD n int;\n`));
  const output = await stack.upFails();
  for (const [index, team] of migrating.entries()) {
    expect(output).toContain(`the change ${names[index]!} failed, and nothing of it was applied.`);
    expect(await of(team).history()).toHaveLength(sizes[index]!);
    expect(await of(team).query("SELECT to_regclass('remarks') AS table")).toEqual([{ table: null }]);
    writeNext(team, table);
  }
  await stack.up();
  for (const [index, team] of migrating.entries()) {
    expect(await of(team).history()).toHaveLength(sizes[index]! + 1);
    expect(await of(team).query("SELECT to_regclass('remarks')::text AS table")).toEqual([{ table: "remarks" }]);
  }
});

test("dumps are restored in place: rows and writers are back", async () => {
  const restored = [prism, omniops, mued];
  const table = ({ kept }: Team) => `public.${kept.table}`;
  const before = new Map<Team, string>();
  const dumps = new Map<Team, string>();
  for (const team of restored) {
    const log = await runNow(namespaceOf(team.system), `${team.system}-dump-scheduled`, 300);
    dumps.set(team, /^stored (\S+)\.dump and read it back/m.exec(log)?.[1] ?? "");
    before.set(team, (await of(team).checksums())[table(team)]!);
    await of(team).query(`TRUNCATE ${team.kept.table} CASCADE`);
  }

  const began = Date.now();
  for (const team of restored) {
    const { database } = await stack.output(team.system);
    const { live: replaces } = database as { readonly live: string };
    stack.configure({ [`${team.system}:restore`]: { from: dumps.get(team), replaces } });
  }
  await stack.up();
  const seconds = (Date.now() - began) / 1000;
  console.log(`restored ${[...dumps.values()].join(", ")} in place in ${seconds.toFixed(0)} s`);
  expect(seconds).toBeLessThan(3600);
  for (const team of restored) {
    expect((await of(team).checksums())[table(team)]).toBe(before.get(team));
    const namespace = namespaceOf(team.system);
    await eventually(`every writer of ${team.system} is back`, async () => {
      const stopped =
        "jsonpath={.items[?(@.spec.replicas==0)].metadata.name}{.items[?(@.spec.suspend==true)].metadata.name}";
      return (await kubectl("get", "deployments,cronjobs", "-n", namespace, "-o", stopped)) === "";
    });
  }
  stack.configure(Object.fromEntries(restored.map(({ system }) => [`${system}:restore`, undefined])));
  await stack.up();
});

test("the drill database-corruption measures the restore into PM's own database", async () => {
  const output = await stack.drill("database-corruption", "pm");
  const [, path = ""] = /^The report: .*?(reports\/\S+)\/[^/\s]+$/m.exec(output) ?? [];
  const report = JSON.parse(stack.read(`${path}/report.json`)) as Report;
  expect(report.systems.map(({ system }) => system)).toEqual(["pm"]);
  for (const { rto, rpo, promised, loss } of report.systems) {
    console.log(`drill database-corruption of pm: RTO ${rto} s, RPO ${rpo} s, lost ${loss.lost}`);
    expect(rto).toBeLessThan(promised.rto);
    expect(rpo).toBeLessThanOrEqual(promised.rpo);
    expect(loss.doubled).toBe(0);
  }
  expect(await of(pm).kept()).toBe(pm.kept.rows);
  expect(await stack.up("--expect-no-changes")).toMatch(/Resources:\n\s+\d+ unchanged\n/);
});

test("the end of the stack leaves the databases as they are", async () => {
  const before = await Promise.all(teams.map((team) => of(team).checksums()));
  await stack.destroy();
  expect(await Promise.all(teams.map((team) => of(team).checksums()))).toEqual(before);
  expect(await roles()).toEqual(rolesBefore);
  for (const team of [prism, omniops, mued, aiBackend]) expect(await of(team).kept()).toBe(team.kept.rows);
  expect(await kubectl("get", "namespaces", "-o", "name")).not.toContain("namespace/team-");
});
