import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manifestObjects } from "../../../../components/platform/manifest";

const text =
  "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: one\n---\n# nothing\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: two\n";
const sha256 = createHash("sha256").update(text).digest("hex");
let directory: string;
let server: Server;
let requests = 0;
const source = (path = "/manifest.yaml") => ({
  name: "Demo 1.0",
  url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
  sha256,
  wayOut: "set demo.install to false",
});

beforeEach((done) => {
  directory = join(mkdtempSync(join(tmpdir(), "runsheet-manifest-")), "manifests");
  requests = 0;
  server = createServer(({ url }, response) => {
    requests++;
    response.statusCode = url === "/manifest.yaml" ? 200 : 404;
    response.end(text);
  }).listen(0, "127.0.0.1", done);
});
afterEach((done) => {
  rmSync(join(directory, ".."), { recursive: true });
  server.close(done);
});

const names = async () =>
  (await manifestObjects(source(), directory)).map(({ kind, metadata }) => `${kind} ${metadata.name}`);

test("a manifest is fetched once, and read from the cache after that", async () => {
  expect(await names()).toEqual(["Namespace one", "ConfigMap two"]);
  expect(await names()).toEqual(["Namespace one", "ConfigMap two"]);
  expect(requests).toBe(1);
});

test("one that is in the cache is not fetched", async () => {
  await names();
  rmSync(join(directory, `${sha256}.sealed`));
  expect(await names()).toEqual(["Namespace one", "ConfigMap two"]);
  expect(requests).toBe(1);
});

test("one that is not what was pinned is refused and not kept", async () => {
  await expect(manifestObjects({ ...source(), sha256: "0".repeat(64) }, directory)).rejects.toThrow(
    `the manifest of Demo 1.0 has the SHA-256 ${sha256}, expected ${"0".repeat(64)}: it was changed or damaged after it was pinned`,
  );
  expect(existsSync(directory)).toBe(false);
});

test("a damaged one in the cache is refused", async () => {
  await names();
  rmSync(join(directory, `${sha256}.sealed`));
  writeFileSync(join(directory, `${sha256}.yaml`), text.slice(0, 40));
  await expect(names()).rejects.toThrow("the manifest of Demo 1.0 has the SHA-256");
});

test("parsed objects that somebody else has put into the cache are not believed", async () => {
  await names();
  const role = [{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "poison" } }];
  writeFileSync(join(directory, `${sha256}.sealed`), JSON.stringify(role));
  expect(await names()).toEqual(["Namespace one", "ConfigMap two"]);
  expect(requests).toBe(1);
});

test("one that cannot be fetched is an error that names the way out", async () => {
  await expect(manifestObjects(source("/gone"), directory)).rejects.toThrow(
    /^cannot fetch the manifest of Demo 1\.0 from http.*\/gone: Error: 404 Not Found; check the network, or set demo\.install to false$/,
  );
});

test("behind a proxy the error says how Node.js goes through it", async () => {
  const before = process.env.HTTPS_PROXY;
  process.env.HTTPS_PROXY = "http://proxy.example:3128";
  try {
    await expect(manifestObjects(source("/gone"), directory)).rejects.toThrow(
      "set NODE_USE_ENV_PROXY=1, with which Node.js (22.21, or 24.5 and later) goes through HTTPS_PROXY, or set demo.install to false",
    );
  } finally {
    if (before === undefined) delete process.env.HTTPS_PROXY;
    else process.env.HTTPS_PROXY = before;
  }
});

test("a kind's definition comes without its fields' descriptions, which slow previews", async () => {
  const definition = {
    kind: "CustomResourceDefinition",
    spec: { properties: { description: { description: "what it is", type: "string" } } },
  };
  const text = JSON.stringify(definition);
  const sha256 = createHash("sha256").update(text).digest("hex");
  mkdirSync(directory);
  writeFileSync(join(directory, `${sha256}.yaml`), text);
  expect(await manifestObjects({ name: "Kinds", url: "http://unused.invalid", sha256, wayOut: "" }, directory)).toEqual(
    [{ kind: "CustomResourceDefinition", spec: { properties: { description: { type: "string" } } } }],
  );
});
