/**
 * docs/adopting.md from its beginning to its end, as far as the lab goes: MUED on staging, by the guide's commands and
 * those of the printed list. Each test goes on where the last one ended.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { hostAddress } from "../../lab/cluster/addresses";
import { writer } from "../../lab/cluster/object-store";
import setUp from "../services/setup";
import { TeamDatabase } from "../services/teams/team-database";
import { mued } from "../services/teams/teams";
import { kubectl } from "../support/cluster";
import { FreshClone, missing } from "../support/fresh-clone";
import { configurationOf } from "../support/stack-configuration";
import { ApplicationImages } from "../support/teams/images";
import { registryLogin, TeamRegistry } from "../support/teams/registry";

const clone = new FreshClone("staging", { PULUMI_CONTINUE_ON_ERROR: "true" });
const unchanged = /Resources:\n\s+\d+ unchanged\n/;
let database: TeamDatabase;
let registry: TeamRegistry;
let images: ApplicationImages;
let distrust: () => void;

beforeAll(async () => {
  await setUp();
  [database, registry, images] = await Promise.all([
    TeamDatabase.start(mued, hostAddress),
    TeamRegistry.start(),
    ApplicationImages.create(),
  ]);
  distrust = registry.trustedByLab();
  for (const release of ["2.0.0", "2.0.1"]) await registry.push(await images.build("mued", release));
});
afterAll(async () => {
  distrust();
  await Promise.all([database.stop(), registry.stop()]);
  images.remove();
  clone.remove();
});

test("the stack: one more line in its file, and the first system", async () => {
  const fresh = clone.read("Pulumi.staging.yaml");
  await clone.run("stack init staging");
  await clone.run("config set --path 'runsheet:systems[0]' mued");
  const added = clone.read("Pulumi.staging.yaml").split("\n");
  expect(added.filter((line) => !fresh.includes(line)).map((line) => line.replace(/: v1:.*/, ": ..."))).toEqual([
    "  runsheet:systems:",
    "    - mued",
    "encryptionsalt: ...",
  ]);
});

test("the list: each command sets its value", async () => {
  const values: Readonly<Record<string, string>> = {
    "runsheet:backups.bucket": "runsheet",
    "runsheet:backups.region": "us-east-1",
    "runsheet:backupsAccessKeyId": writer.access,
    "runsheet:backupsSecretAccessKey": writer.secret,
    "runsheet:context": String(configurationOf("local")["runsheet:context"]),
    "mued:application.app": `${registry.host}/mued`,
    "mued:backup.command.command[4]": "mued-12345678",
    "mued:backup.command.image": "registry.example.com/neon:2.15.0",
    "mued:databaseUrl": database.databaseUrl(hostAddress),
    "mued:ingress.clusterIssuer": "letsencrypt",
    "mued:ingress.host": "mued.test",
    "mued:migrations.sql": database.directory,
    "mued:neonApiKey": "of-neon",
    "mued:publicUrl": "https://mued.test",
    "mued:release": "2.0.0",
  };
  const [first, ...lines] = await clone.refused();
  expect(first).toBe("the configuration of stack staging has 15 missing values; nothing was changed:");
  for (const each of lines.map(missing)) await clone.set(each, values[each.key]!);
});

test("what the lab has otherwise: images, a bucket, an authority, no DNS, no Neon", async () => {
  for (const key of ["ingress", "publicUrl", "backup", "neonApiKey"]) await clone.run(`config rm mued:${key}`);
  const { endpoint } = configurationOf("local")["runsheet:backups"] as { readonly endpoint: string };
  await clone.run(`config set --path 'runsheet:backups.endpoint' ${endpoint}`);
  clone.configure({ "runsheet:images": configurationOf("local")["runsheet:images"] }, "staging");
  writeFileSync(join(clone.directory, "ca.pem"), database.server.ca);
  await clone.shell("pulumi config set --path 'mued:postgres.ca' < ca.pem");
  const secret = (key: string, value: string) =>
    clone.shell(`printf '%s\\n' '${value}' | pulumi config set --secret mued:${key}`);
  await secret("databaseDirectUrl", database.databaseDirectUrl(hostAddress));
  await clone.run("config set --path 'mued:metricsCommand[0]' python3");
  await clone.run("config set --path 'mued:metricsCommand[1]' /app/mued_metrics.py");
  expect(await clone.run("preview")).toContain("to create");
});

test("private images: without a login nothing is changed, and the registry is quoted", async () => {
  const failed = await clone.run("up --yes --skip-preview").catch((error: Error) => error.message);
  expect(failed).toContain(`FAILED the images: ${registry.host}/mued:2.0.0 cannot be pulled: ErrImagePull`);
  expect(failed).toContain("401 Unauthorized");
  expect(await database.history()).toEqual(database.expectedHistory(mued.tool!.applied));

  const { username, password } = registryLogin;
  clone.configure({ "mued:registries": { [registry.host]: { username, password: "registryPassword" } } }, "staging");
  await clone.shell(`printf '%s\\n' '${password}' | pulumi config set --secret mued:registryPassword`);
});

test("the first up, and the second that changes nothing and finds no drift", async () => {
  await clone.run("up --yes --skip-preview");
  expect(await database.history()).toEqual(database.expectedHistory());
  expect(await database.kept()).toBe(mued.kept.rows);
  expect(await clone.run("up --yes --skip-preview --expect-no-changes")).toMatch(unchanged);
  expect(await clone.run("refresh --preview-only --run-program --expect-no-changes")).toMatch(unchanged);
});

test("a check that does not fit is skipped, with the next release", async () => {
  await clone.run(`config set --path 'mued:checks["the rollback triggers"].skip' 'our load test measures it'`);
  await clone.run("config set mued:release 2.0.1");
  await clone.run("up --yes --skip-preview");
  const log = await kubectl("logs", "-n", "staging-mued", "-l", "app.kubernetes.io/name=mued-smoke-test", "--tail=-1");
  expect(log).toContain("skipped the rollback triggers: our load test measures it\n");
});

test("the next system has a list of its own", async () => {
  await clone.run("config set --path 'runsheet:systems[1]' pm");
  const [first, ...lines] = await clone.refused();
  expect(first).toMatch(/^the configuration of stack staging has \d+ missing values; nothing was changed:$/);
  expect(lines.map(missing).every(({ key }) => key.startsWith("pm:"))).toBe(true);
  await clone.run("config rm --path 'runsheet:systems[1]'");
});

test("the way back leaves the database, and the file as it was", async () => {
  const before = await database.checksums();
  await clone.run("state unprotect --all --yes");
  await clone.run("destroy --yes --skip-preview");
  expect(await database.checksums()).toEqual(before);
  expect(await kubectl("get", "namespaces", "-o", "name")).not.toContain("staging-mued");
  const { config } = parse(clone.read("Pulumi.staging.yaml")) as { config: Readonly<Record<string, unknown>> };
  expect(config["mued:release"]).toBe("2.0.1");
  await clone.run("stack rm staging --yes");
});
