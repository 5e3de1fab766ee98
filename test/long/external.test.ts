/** Engines `external`, tested with the lab's own servers in the role of servers that the stack does not manage. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubectl, primaryOf, sql } from "../support/cluster";
import { execute, Workspace } from "../support/workspace";

const workspace = new Workspace();
const directory = mkdtempSync(join(tmpdir(), "runsheet-external-"));
const environment = { PULUMI_BACKEND_URL: `file://${directory}/state`, PULUMI_STACK: "test" };

async function pulumi(...args: string[]): Promise<string> {
  const program = join(workspace.directory, "test", "long", "external");
  const { code, output } = await execute("pulumi", [...args, "--non-interactive"], program, environment);
  if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}: ${output}`);
  return output;
}

const value = (...args: string[]) => kubectl("get", "-n", "prism", ...args);

/** Lets the pods of this test into PRISM's servers, which its own policies open to nobody else. */
const entrance = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "external-test", namespace: "prism" },
  spec: {
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [
      {
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "external" } } }],
        ports: [5432, 6379].map((port) => ({ port })),
      },
    ],
  },
};

/** Removes the objects of this test, also those of an earlier run that was killed. */
async function clean(): Promise<void> {
  await kubectl("delete", "namespace", "external", "--ignore-not-found");
  await kubectl("delete", "networkpolicy", entrance.metadata.name, "-n", "prism", "--ignore-not-found");
  await sql("DROP DATABASE IF EXISTS external", "prism", "postgres");
  for (const role of ["external_app", "external_group", "external", "external_admin"]) {
    await sql(`DROP ROLE IF EXISTS ${role}`, "prism", "postgres");
  }
}

beforeAll(async () => {
  mkdirSync(join(directory, "state"));
  await clean();
  writeFileSync(join(directory, "entrance.json"), JSON.stringify(entrance));
  await kubectl("apply", "-f", join(directory, "entrance.json"));
  // This password has to be escaped in a URL.
  await sql("CREATE ROLE external_admin LOGIN CREATEROLE CREATEDB PASSWORD 'p@ss:w/%rd'", "prism", "postgres");
  // PostgreSQL 16 and later require this of an administrator without superuser rights: see docs/configuration-guide.md.
  await sql("ALTER ROLE external_admin SET createrole_self_grant = 'set, inherit'", "prism", "postgres");
  await pulumi("stack", "init", "test");
  // The database has another name after a restore.
  const service = `service/${(await primaryOf("prism")).replace(/-\d+$/, "")}-rw`;
  await pulumi("config", "set", "host", await value(service, "-o", "jsonpath={.spec.clusterIP}"));
  await pulumi("config", "set", "--secret", "password", "p@ss:w/%rd");
  const encoded = await value("secret/prism-redis", "-o", "jsonpath={.data.url}");
  await pulumi("config", "set", "--secret", "redisUrl", Buffer.from(encoded, "base64").toString());
});
afterAll(async () => {
  await clean();
  rmSync(directory, { recursive: true });
  workspace.remove();
});

test("the database, its roles and its extension are made, and the services log in", async () => {
  expect(await pulumi("up", "--yes", "--skip-preview")).toMatch(/\d+ created/);
  const log = await kubectl("logs", "-n", "external", "-l", "app.kubernetes.io/name=external-test", "--tail=-1");
  expect(log).toContain("5 of 5 checks passed");
  expect(await sql("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'external'")).toBe("external");
});

test("a second up changes nothing, and no password is in the output", async () => {
  const output = await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "--diff");
  expect(output).not.toContain("p@ss");
});

test("a refresh finds no drift", () => pulumi("refresh", "--preview-only", "--expect-no-changes"));
