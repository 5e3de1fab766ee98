/**
 * Sixth system of test/fixtures, deployed by the real engine. The whole program runs in a copy of the checkout to which
 * the system was added. Its objects are rendered to files, and a server of the test stands in for the cluster's API.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyCluster } from "../support/cluster-reader";
import { addSixthSystem } from "../support/sixth-system";
import { inside, nameOf, resourcesOf, waitsFor, type StateResource } from "../support/state";
import { Workspace } from "../support/workspace";

const workspace = new Workspace();
const directory = mkdtempSync(join(tmpdir(), "runsheet-sixth-system-"));
const environment = {
  KUBECONFIG: join(directory, "kubeconfig"),
  PULUMI_BACKEND_URL: `file://${directory}/state`,
  PULUMI_CONFIG_PASSPHRASE: "",
  PULUMI_STACK: "local",
};
let server: Server;
let output: string;
let resources: StateResource[];

async function pulumi(...args: string[]): Promise<string> {
  const { code, output } = await workspace.pulumi(args, environment);
  if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}: ${output}`);
  return output;
}

/** Starts a server that responds like the API server of an empty cluster, and returns its URL. */
async function startCluster(): Promise<string> {
  const objects: Readonly<Record<string, unknown>> = emptyCluster;
  server = createServer(({ url }, response) => {
    const found = objects[url!];
    response.writeHead(found ? 200 : 404).end(JSON.stringify(found ?? { message: "there is no such thing" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  const cluster = { server: await startCluster() };
  writeFileSync(
    environment.KUBECONFIG,
    JSON.stringify({
      clusters: [{ name: "empty", cluster }],
      users: [{ name: "nobody", user: {} }],
      contexts: [{ name: "runsheet-lab", context: { cluster: "empty", user: "nobody" } }],
    }),
  );
  addSixthSystem(workspace);
  workspace.configure({ "runsheet:systems": ["helpdesk"], "runsheet:platform": { install: false } });
  const files = `{ renderYamlToDirectory: ${JSON.stringify(join(directory, "objects"))}, kubeconfig: "" }`;
  workspace.edit("index.ts", (text) => text.replace(/(?<=new Provider\(\s*"cluster",\s*)\{[^}]*\}/, () => files));
  mkdirSync(join(directory, "state"));
  await pulumi("stack", "init", "local");
  output = await pulumi("up", "--yes", "--skip-preview");
  const file = join(directory, "state.json");
  await pulumi("stack", "export", "--file", file);
  resources = resourcesOf(readFileSync(file, "utf8"));
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
  workspace.remove();
});

const awaited = (name: string) => {
  const resource = resources.find(({ urn, custom }) => custom && nameOf(urn) === name)!;
  return [...waitsFor(resource, resources)].map(nameOf);
};

test("the sixth system comes up, and the stack shows where it is", () =>
  expect(output).toContain("http://helpdesk-web.helpdesk:3000"));

test("its changes are deployed in the order of the plan, after its dump", () => {
  expect(awaited("helpdesk-migrate-tickets")).toContain("helpdesk-dump");
  expect(awaited("helpdesk-migrate-open-tickets-index")).toContain("helpdesk-migrate-tickets");
});

test("its service waits for all of its changes, and its verification for its service", () => {
  const changes = inside("helpdesk-migrate", resources).map(({ urn }) => nameOf(urn));
  expect(changes).toContain("helpdesk-migrate-open-tickets-index");
  expect(awaited("helpdesk-web")).toEqual(expect.arrayContaining(changes));
  expect(awaited("helpdesk-smoke-test")).toEqual(expect.arrayContaining(["helpdesk-web"]));
});
