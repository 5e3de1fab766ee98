import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentHash } from "../../../../components/identity/hash";
import { keep } from "../../../../components/identity/kept.cjs";
import { Platform } from "../../../../components/platform";
import { collectResources, settled, type Registered } from "../../../support/mocks";
import { collectProtection } from "../../../support/protection";

const operator = "f8bede43fe4ee0d478c2355b204a36876b2ae4faac60f2a9452280b293da3b88";
const plugin = "691e598b4591e83e23586d3394a8fedef429586a01d1a1b56ab8b80e9fa6ccb0";
const images = {
  cloudnativepgOperator: "example/operator:1",
  barmanPlugin: "example/plugin:1",
  barmanSidecar: "example/sidecar:1",
};
const deployment = (name: string, environment: object[]) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "cnpg-system" },
  spec: {
    template: { spec: { containers: [{ image: "public/image:1", imagePullPolicy: "Always", env: environment }] } },
  },
});
const kind = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "examples.test" },
  spec: { pattern: "{{ no template }}" },
};
/** Custom resource definition that Helm keeps when the release is uninstalled. */
const kept = { ...kind, metadata: { ...kind.metadata, annotations: { "helm.sh/resource-policy": "keep" } } };
let manifestCache: string;
const chart = `./node_modules/.cache/runsheet/platform-kinds-${contentHash(JSON.stringify(kept))}`;

async function install(protect = true): Promise<Registered[]> {
  const resources = collectResources();
  await Platform.create({ install: true, images, manifestCache, protect });
  await settled();
  return resources;
}

test("a chart that was changed where it lies is written anew", async () => {
  await install();
  const file = join("node_modules", ".cache", "runsheet", chart.split("/").at(-1)!, "objects.yaml");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, "poison");
  await install();
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("a file that somebody has put into a chart is removed, for Helm would install it", async () => {
  await install();
  const directory = join("node_modules", ".cache", "runsheet", chart.split("/").at(-1)!);
  const put = ["templates/evil.yaml", "crds/evil.yaml"].map((file) => join(directory, file));
  mkdirSync(join(directory, "crds"), { recursive: true });
  for (const file of put) writeFileSync(file, "kind: ClusterRole");
  await install();
  expect(put.filter((file) => existsSync(file))).toEqual([]);
});

beforeEach(() => {
  manifestCache = mkdtempSync(join(tmpdir(), "runsheet-platform-"));
  const write = (sha256: string, objects: object[]) =>
    keep(join(manifestCache, `${sha256}.sealed`), JSON.stringify(objects));
  write(operator, [
    deployment("cnpg-controller-manager", [
      { name: "OPERATOR_IMAGE_NAME", value: "public/image:1" },
      { name: "OTHER", value: "public/image:1" },
    ]),
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "cnpg-system" } },
    kind,
  ]);
  write(plugin, [
    deployment("barman-cloud", []),
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "plugin", namespace: "cnpg-system" },
      data: { SIDECAR_IMAGE: "eA==" },
    },
    {
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      metadata: { name: "barman-cloud-client", namespace: "cnpg-system" },
    },
  ]);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(manifestCache, { recursive: true });
  rmSync(chart, { recursive: true, force: true });
});

const find = (resources: Registered[], name: string) => resources.find((resource) => resource.name === name)!;

test("the operators run the stack's images", async () => {
  const resources = await install();
  const container = (name: string) =>
    (find(resources, name).inputs as ReturnType<typeof deployment>).spec.template.spec.containers[0];
  expect(container("cnpg-system/cnpg-controller-manager")).toEqual({
    image: "example/operator:1",
    imagePullPolicy: "IfNotPresent",
    env: [
      { name: "OPERATOR_IMAGE_NAME", value: "example/operator:1" },
      { name: "OTHER", value: "public/image:1" },
    ],
  });
  expect(container("cnpg-system/barman-cloud")).toMatchObject({ image: "example/plugin:1" });
  expect(
    Buffer.from(
      (find(resources, "cnpg-system/plugin").inputs.data as { SIDECAR_IMAGE: string }).SIDECAR_IMAGE,
      "base64",
    ).toString(),
  ).toBe("example/sidecar:1");
});

test("the operators are pulled with the stack's logins", async () => {
  const resources = collectResources();
  const registries = {
    example: { username: "robot", password: "secret" },
    "docker.io": { username: "a", password: "b" },
  };
  await Platform.create({ install: true, images, registries, manifestCache, protect: true });
  await settled();
  const pods = ["cnpg-system/cnpg-controller-manager", "cnpg-system/barman-cloud"].map((name) => find(resources, name));
  for (const { inputs } of pods)
    expect((inputs as ReturnType<typeof deployment>).spec.template.spec).toMatchObject({
      imagePullSecrets: [{ name: "runsheet-registries" }],
    });
  expect(find(resources, "platform-registries").inputs.metadata).toEqual({
    name: "runsheet-registries",
    namespace: "cnpg-system",
  });
});

test("without logins there is no Secret for them", async () =>
  expect((await install()).filter(({ name }) => name === "platform-registries")).toEqual([]));

test("their namespace admits restricted pods only", async () => {
  const namespace = find(await install(), "cnpg-system");
  expect(namespace.type).toBe("kubernetes:core/v1:Namespace");
  expect(namespace.inputs.metadata).toMatchObject({ labels: { "pod-security.kubernetes.io/enforce": "restricted" } });
});

test("their kinds are a Helm release, kept, with a version for each content", async () => {
  const { type, inputs } = find(await install(), "platform-kinds");
  expect(type).toBe("kubernetes:helm.sh/v3:Release");
  expect(inputs).toMatchObject({ name: "platform-kinds", namespace: "cnpg-system", chart });
  expect(chart).toMatch(/^\.\/node_modules\/\.cache\/runsheet\/platform-kinds-[0-9a-f]{10}$/);
  const read = (file: string) => readFileSync(join(chart, file), "utf8");
  expect(JSON.parse(read("objects.yaml"))).toEqual(kept);
  expect(read("templates/objects.yaml")).toBe('{{ .Files.Get "objects.yaml" }}\n');
  const version = `0.0.0-x${chart.slice(-10)}`;
  expect(JSON.parse(read("Chart.yaml"))).toEqual({ apiVersion: "v2", name: "platform-kinds", version });
});

test("what a kind says of itself in annotations stays", async () => {
  const annotated = { ...kind, metadata: { ...kind.metadata, annotations: { "controller-gen": "v0.18.0" } } };
  keep(join(manifestCache, `${operator}.sealed`), JSON.stringify([annotated]));
  const { chart } = find(await install(), "platform-kinds").inputs as { chart: string };
  const { metadata } = JSON.parse(readFileSync(join(chart, "objects.yaml"), "utf8")) as typeof annotated;
  rmSync(chart, { recursive: true });
  expect(metadata.annotations).toEqual({ "controller-gen": "v0.18.0", "helm.sh/resource-policy": "keep" });
});

test("where data is protected the operators stay, and are removed only on purpose", async () => {
  const protection = collectProtection();
  await install();
  const stays = { protect: false, retainOnDelete: true };
  expect(Object.fromEntries(protection)).toEqual({
    platform: { protect: false, retainOnDelete: false },
    "cnpg-system": { protect: true, retainOnDelete: true },
    // The release is uninstalled, since Helm refuses to install a release that it has on record. Helm keeps the
    // definitions.
    "platform-kinds": { protect: true, retainOnDelete: false },
    "barman-cloud-server-tls": stays,
    "barman-cloud-client-tls": stays,
    "cnpg-system/plugin": stays,
    "cnpg-system/cnpg-controller-manager": stays,
    "cnpg-system/barman-cloud": stays,
  });
});

test("on one that does not, all but the kinds goes", async () => {
  const protection = collectProtection();
  await install(false);
  expect(new Set([...protection.values()].map((each) => JSON.stringify(each)))).toEqual(
    new Set(['{"protect":false,"retainOnDelete":false}']),
  );
});

test("no cert-manager is needed", async () => {
  const resources = await install();
  expect(resources.filter(({ type }) => type.includes("cert-manager"))).toEqual([]);
  for (const name of ["barman-cloud-server-tls", "barman-cloud-client-tls"]) {
    // Secrets are wrapped in an object with the engine's signature.
    const { value } = find(resources, name).inputs.data as { value: Record<string, string> };
    expect(Buffer.from(value["tls.crt"]!, "base64").toString()).toMatch(/^-----BEGIN CERTIFICATE-----/);
  }
});

test("a cluster that has the operators gets none", async () => {
  const resources = collectResources();
  expect(await Platform.create({ install: false, images, manifestCache, protect: true })).toBeUndefined();
  expect(resources).toEqual([]);
});
