/** Tasks of a system's migrations, by their source. */
import { MountedFiles } from "../../../../components/kubernetes/mounted-files";
import { commandSource, Migrations, sqlSource, type MigrationsArgs } from "../../../../components/migrations";
import { Login, type Postgres } from "../../../../components/postgres";
import { collectResources, settled, type Registered } from "../../../support/mocks";
import { inDirectory } from "./sql/directory";

interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly resources: { readonly limits: { readonly memory: string } };
}
interface Pod {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly [Container];
}

/** Declares the migrations and returns their Jobs. */
async function jobs(
  args: Pick<MigrationsArgs, "source"> & Partial<MigrationsArgs>,
): Promise<{ name: string; pod: Pod }[]> {
  const resources: Registered[] = collectResources();
  const database = { identity: "the database", owner: new Login("the-login", undefined) } as unknown as Postgres;
  const images = { postgresql: "postgresql:17", sqitch: "sqitch:1" };
  const project = MountedFiles.shared("demo-project", "demo", args.source.files, {});
  const about = { namespace: "demo", images, database, files: project, generation: "1" };
  new Migrations("demo-migrate", { ...about, ...args });
  await settled();
  return resources
    .filter(({ type }) => type === "kubernetes:batch/v1:Job")
    .map(({ name, inputs }) => ({ name, pod: (inputs.spec as { template: { spec: Pod } }).template.spec }));
}

const files = { "1_a.sql": "SELECT 1;", "2_b.sql": "SELECT 1;", "3_c.sql": "SELECT 1;" };
const source = (takenOver?: string) => inDirectory(files, (directory) => sqlSource({ directory, takenOver }));
const commands = (made: readonly { name: string; pod: Pod }[]) =>
  made.map(({ name, pod }) => [name, ...pod.containers[0].command.slice(2)]);

test("each file has a task, in the image of PostgreSQL", async () => {
  const made = await jobs({ source: source(), target: "2_b" });
  expect(commands(made)).toEqual([
    ["demo-migrate-1-a", "deploy", "numbers", "1_a"],
    ["demo-migrate-2-b", "deploy", "numbers", "2_b"],
  ]);
  expect(made[0]!.pod.containers[0].image).toBe("postgresql:17");
});

test("one task has what was applied before, all together, or all after a restore", async () => {
  expect(commands(await jobs({ source: source("2_b") }))).toEqual([
    ["demo-migrate-taken-over", "take-over", "numbers", "2_b"],
    ["demo-migrate-3-c", "deploy", "numbers", "3_c"],
  ]);
  expect(commands(await jobs({ source: source("1_a"), together: true }))).toEqual([
    ["demo-migrate-taken-over", "take-over", "numbers", "1_a"],
    ["demo-migrate-together", "deploy-together", "numbers", "3_c"],
  ]);
  expect(commands(await jobs({ source: source("1_a"), restored: true }))).toEqual([
    ["demo-migrate-taken-over", "take-over", "numbers", "1_a"],
    ["demo-migrate-restored", "deploy-all", "numbers", "3_c"],
  ]);
  expect(commands(await jobs({ source: source("2_b"), target: "1_a" }))).toEqual([
    ["demo-migrate-taken-over", "take-over", "numbers", "1_a"],
  ]);
});

test("a command runs in its image, with the database and its secrets, and is verified", async () => {
  const command = {
    command: ["npx", "prisma", "migrate", "deploy"],
    image: "team/migrations:1",
    secrets: { TOKEN: "token" },
    memoryLimit: "3Gi",
  };
  const [made, ...others] = await jobs({
    source: commandSource(command, "5.0.0"),
    environment: { TOKEN: { secret: "the-secrets", key: "TOKEN" } },
  });
  expect(others).toEqual([]);
  expect(made!.name).toBe("demo-migrate-command");
  const [tables, team] = made!.pod.initContainers!;
  expect(tables).toMatchObject({ image: "postgresql:17" });
  expect(tables!.command.slice(-5)).toEqual(["sh", "/runsheet/migrate.sh", "tables", "command", "any"]);
  expect(team!.image).toBe("team/migrations:1");
  expect(team!.resources.limits.memory).toBe("3Gi");
  expect(team!.command.slice(-4)).toEqual(["npx", "prisma", "migrate", "deploy"]);
  const variables = Object.fromEntries(team!.env.map(({ name, valueFrom }) => [name, valueFrom]));
  expect(variables.DATABASE_URL).toMatchObject({ secretKeyRef: { name: "the-login", key: "uri" } });
  expect(variables.TOKEN).toMatchObject({ secretKeyRef: { name: "the-secrets", key: "TOKEN" } });
  expect(made!.pod.containers[0].command.slice(-5)).toEqual(["sh", "/runsheet/migrate.sh", "after", "command", "any"]);
});

test("a command is due again with another release", () => {
  const command = { command: ["migrate"], image: "team/migrations:1", secrets: {}, memoryLimit: "1Gi" };
  const hashes = ["5.0.0", "5.0.1", "5.0.0"].map((release) => commandSource(command, release).changes[0]!.hash);
  expect(hashes[0]).toBe(hashes[2]);
  expect(hashes[0]).not.toBe(hashes[1]);
});
