/** Two stacks on one cluster, and one cluster under two names: no stack touches another's objects. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { kubectl } from "../support/cluster";
import { connection } from "../support/connections";
import { FaultyStack } from "../support/faulty-stack";
import { Workspace } from "../support/workspace";

const local = new FaultyStack();
const workspace = new Workspace();
const environment = {
  PULUMI_BACKEND_URL: `file://${workspace.directory}/state`,
  PULUMI_CONFIG_PASSPHRASE: "of the other stack",
  PULUMI_STACK: "second",
};
const pulumi = (...args: string[]) => workspace.pulumi([...args, "--stack", "second"], environment);
const succeeds = async (...args: string[]) => {
  const { code, output } = await pulumi(...args);
  if (code !== 0) throw new Error(output);
  return output;
};
const up = ["up", "--yes", "--skip-preview"];

/**
 * Configures MUED alone, with the lab's images and without backups. It needs no secrets, and the second stack, whose
 * passphrase is another, could not read those of the first.
 */
function configure(changes: Readonly<Record<string, unknown>>): void {
  const { config } = parse(readFileSync(join(workspace.directory, "Pulumi.local.yaml"), "utf8")) as {
    config: Record<string, unknown>;
  };
  const kept = Object.entries(config).filter(
    ([key, value]) =>
      !isSecret(value) &&
      (/^(mued|pulumi):/.test(key) || ["runsheet:context", "runsheet:protect", "runsheet:images"].includes(key)),
  );
  writeFileSync(
    join(workspace.directory, "Pulumi.second.yaml"),
    stringify({ config: { ...Object.fromEntries(kept), "runsheet:systems": ["mued"], ...changes } }),
  );
}

const isSecret = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;

const uidOf = (namespace: string) =>
  kubectl("get", "cluster.postgresql.cnpg.io", "-n", namespace, "mued-postgresql", "-o", "jsonpath={.metadata.uid}");
let before: string;

beforeAll(async () => {
  before = await uidOf("mued");
  mkdirSync(join(workspace.directory, "state"));
  configure({});
  await succeeds("stack", "init");
});
afterAll(async () => {
  workspace.remove();
  await local.leave();
});

test("the namespaces of the first are refused, and stay as they are", async () => {
  const { code, output } = await pulumi(...up);
  expect(code).not.toBe(0);
  expect(output).toContain("namespaces are not this stack's; nothing was changed");
  expect(output).toContain("the namespace mued belongs to the stack local of the project runsheet: set runsheet:name");
  expect(output).toContain(
    "the namespace cnpg-system belongs to the stack local of the project runsheet: set runsheet:pl",
  );
  expect(await uidOf("mued")).toBe(before);
});

test("with a prefix it has namespaces of its own, beside the first one's operators", async () => {
  configure({ "runsheet:namespacePrefix": "second-", "runsheet:platform": { install: false } });
  await succeeds(...up);
  expect(await uidOf("second-mued")).not.toBe(before);
  expect(await uidOf("mued")).toBe(before);
  const labels = await kubectl("get", "namespace", "second-mued", "-o", "jsonpath={.metadata.labels}");
  expect(JSON.parse(labels)).toMatchObject({ "runsheet/project": "runsheet", "runsheet/stack": "second" });
  expect((await local.up("--expect-no-changes")).code).toBe(0);
});

test.each([
  ["second-mued", "mued"],
  ["mued", "second-mued"],
])("a pod of %s reaches its own database and application, and nothing of %s", async (own, other) => {
  const pod = { namespace: own, pod: "deployment/mued-web" };
  const reached = async (namespace: string) => [
    await connection(pod, `mued-postgresql-rw.${namespace}`, 5432),
    await connection(pod, `mued-web.${namespace}`, 3000),
  ];
  expect(await reached(own)).toEqual(["open", "open"]);
  expect(await reached(other)).toEqual(["ECONNREFUSED", "ECONNREFUSED"]);
});

test("another prefix would move what is there, and is refused", async () => {
  configure({ "runsheet:namespacePrefix": "third-", "runsheet:platform": { install: false } });
  const { code, output } = await pulumi(...up);
  expect(code).not.toBe(0);
  expect(output).toContain("mued is in the namespace second-mued, not in third-mued");
  configure({ "runsheet:namespacePrefix": "second-", "runsheet:platform": { install: false } });
});

test("its end is not the first one's", async () => {
  await succeeds("destroy", "--yes", "--skip-preview");
  expect(await kubectl("get", "namespaces", "-o", "name")).not.toContain("second-mued");
  expect(await uidOf("mued")).toBe(before);
  expect((await local.up("--expect-no-changes")).code).toBe(0);
});

test("the cluster under another name changes nothing but the name of the context", async () => {
  const kubeconfig = join(workspace.directory, "kubeconfig");
  writeFileSync(kubeconfig, await kubectl("config", "view", "--raw"));
  await kubectl("config", "rename-context", "runsheet-lab", "renamed", `--kubeconfig=${kubeconfig}`);
  local.configure({ "runsheet:context": "renamed" });
  const { code, stdout, output } = await local.pulumi(["preview", "--stack", "local", "--json"], {
    KUBECONFIG: kubeconfig,
  });
  local.configure({ "runsheet:context": "runsheet-lab" });
  if (code !== 0) throw new Error(output);
  const { changeSummary } = JSON.parse(stdout) as { changeSummary: Record<string, number> };
  expect(changeSummary).toEqual({ same: expect.any(Number) as number, update: 1 });
});

test("another cluster under its name is refused", async () => {
  local.configure({ "runsheet:cluster": "11111111-2222-3333-4444-555555555555" });
  await local.upFails("this is another cluster; nothing was changed", "but runsheet:cluster names 11111111-");
  local.configure({ "runsheet:cluster": undefined });
  await local.upSucceeds();
});
