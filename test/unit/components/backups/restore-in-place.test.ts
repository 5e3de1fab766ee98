/** Job of a restore into the database that exists: its limits, its room, and the proof of the dump. */
import { MountedFiles } from "../../../../components/kubernetes/mounted-files";
import { commandSource } from "../../../../components/migrations";
import { postgres } from "../../../../components/postgres";
import { RestoreInPlace, type RestoreInPlaceArgs } from "../../../../components/backups/restore-in-place";
import { collectResources, settled } from "../../../support/mocks";

interface Pod {
  readonly initContainers: readonly { readonly command: readonly string[] }[];
  readonly containers: readonly [{ readonly resources: { readonly requests: Readonly<Record<string, string>> } }];
  readonly volumes: readonly { readonly name: string; readonly emptyDir?: { readonly sizeLimit?: string } }[];
}

interface Mounted {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly { readonly mountPath: string; readonly name: string }[];
}

/** Pod of a restore, and the commands of its init containers without the shell around them. */
async function restoring(changes: Partial<RestoreInPlaceArgs> = {}, ca?: string) {
  const resources = collectResources();
  const namespace = "demo";
  const engine = { engine: "existing", applicationRole: "app", url: "postgresql://u:p@h/d", ca } as const;
  const database = postgres("demo-postgresql", { namespace, database: "demo", roles: [], extensions: [] }, engine);
  const source = commandSource({ command: ["migrate"], image: "tool:1", secrets: {}, memoryLimit: "1Gi" }, "1.0.0");
  const images = { postgresql: "postgresql:17", sqitch: "sqitch:1" };
  const access = { endpoint: "https://s3.example", bucket: "b", prefix: "p", region: "r", secret: "keys" } as never;
  const limits = {
    deadlineSeconds: 100,
    deadlineKey: "demo:restore.deadlineSeconds",
    dumpDeadlineSeconds: 1000,
    storage: "3Gi",
    scratch: "10Gi",
  };
  const dumps = { system: "demo", release: "1.0.0", schemas: "*", proof: "restore", image: "postgresql:17" } as const;
  const packages = MountedFiles.pinned("packages", namespace, { "a.js": "1" }, {});
  const project = MountedFiles.shared("demo-project", namespace, source.files, {});
  const restore = { id: "abc-1", dump: "daily/one", unsigned: false, safetyDump: true, shared: false, node: "node:22" };
  const about = { namespace, database, source, project, images, access, packages };
  const { limit } = new RestoreInPlace("demo-restore", { ...limits, ...dumps, ...restore, ...about, ...changes }, {});
  await settled();
  const { inputs } = resources.find(({ name, type }) => name === "demo-restore" && type === "kubernetes:batch/v1:Job")!;
  const pod = (inputs as { spec: { template: { spec: Pod } } }).spec.template.spec;
  return { limit, pod, commands: pod.initContainers.map(({ command }) => command.slice(4).join(" ")) };
}

test("in a namespace with other things only the system's own are stopped", async () => {
  const stops = async (changes: Partial<RestoreInPlaceArgs>) =>
    JSON.stringify((await restoring(changes)).pod.initContainers).includes('"name":"WRITERS","value":"demo"');
  expect([await stops({}), await stops({ shared: true })]).toEqual([false, true]);
});

test("a dump that is not signed is accepted only if the configuration says so", async () => {
  const accepts = async (changes: Partial<RestoreInPlaceArgs>) =>
    JSON.stringify((await restoring(changes)).pod.initContainers).includes('"name":"UNSIGNED","value":"accepted"');
  expect([await accepts({}), await accepts({ unsigned: true })]).toEqual([false, true]);
});

test("two dumps have room: the one that is restored, and the one of the state before", async () => {
  const { pod } = await restoring();
  expect(pod.volumes.map(({ emptyDir }) => emptyDir?.sizeLimit).filter(Boolean)).toEqual([
    // The directories for temporary files.
    ...["1Gi", "1Gi"],
    ...["6144Mi", "10Gi"],
  ]);
  expect(pod.containers[0].resources.requests["ephemeral-storage"]).toBe("16384Mi");
});

test("where dumps count once they were read, none is proven before a restore", async () => {
  const proofs = async (proof: "read" | "restore") =>
    (await restoring({ proof })).commands.filter((command) => command.includes("prove.sh"));
  expect(await proofs("restore")).toHaveLength(1);
  expect(await proofs("read")).toEqual([]);
});

test("the error of what took too long names the key of the limit", async () => {
  const { commands, limit } = await restoring();
  // Three dumps, two restores, and ten minutes in which what writes is stopped. The key has one of them.
  expect(limit).toEqual({ seconds: 3800, key: "demo:restore.deadlineSeconds", keySeconds: 100 });
  const limitOf = (script: string) =>
    /timeout (\d+) .*raise (\S+)" >&2/.exec(commands.find((command) => command.includes(script))!)?.slice(1);
  expect(limitOf("prove.sh")).toEqual(["1000", "demo:dump.deadlineSeconds"]);
  expect(limitOf("dump.sh")).toEqual(["1000", "demo:dump.deadlineSeconds"]);
  expect(limitOf("replace.sh restore")).toEqual(["100", "demo:restore.deadlineSeconds"]);
  expect(limitOf("migrate.sh verify")).toEqual(["100", "demo:restore.deadlineSeconds"]);
});

test("the state before is dumped once nobody writes", async () => {
  const { commands } = await restoring();
  const order = ["stop", "/runsheet/dump.sh", "store.cjs put", "saved", "replace.sh restore"];
  const places = order.map((part) => commands.findIndex((command) => command.includes(part)));
  expect(places).toEqual([...places].sort((one, other) => one - other));
  expect(places).not.toContain(-1);
});

test("who reaches the store and the database has the file of both authorities", async () => {
  const access = { endpoint: "https://s3.example", bucket: "b", folder: "f", secret: "keys", hasCa: true } as never;
  const { pod } = await restoring({ access }, "-----BEGIN CERTIFICATE-----");
  const secretOf = ({ env, volumeMounts }: Mounted, variable: string) => {
    const path = env.find(({ name }) => name === variable)!.value!;
    const mount = volumeMounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`))!;
    const volume = pod.volumes.find(({ name }) => name === mount.name) as unknown as { secret: { secretName: string } };
    return volume.secret.secretName;
  };
  const reaching = (pod.initContainers as unknown as Mounted[]).filter(
    ({ env }) => env.some(({ name }) => name === "STORE_ENDPOINT") && env.some(({ name }) => name === "PGHOST"),
  );
  expect(reaching.length).toBeGreaterThan(1);
  for (const container of reaching) {
    expect(secretOf(container, "NODE_EXTRA_CA_CERTS")).toBe("keys");
    expect(secretOf(container, "PGSSLROOTCERT")).toBe("demo-postgresql-direct");
  }
});
