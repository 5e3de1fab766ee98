/**
 * Upgrades from each release, previewed by the real engine without a cluster: no resource that holds data is deleted or
 * replaced.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { manifests } from "../../lab/toolchain";
import { holdsData, parsed } from "../support/data";
import { resourcesOf } from "../support/state";
import { Workspace } from "../support/workspace";

interface Step {
  readonly op: string;
  readonly urn: string;
}

const released = join(__dirname, "released");
const workspace = new Workspace();
const directory = mkdtempSync(join(tmpdir(), "runsheet-upgrade-"));
const file = join(directory, "state.json");
/** Kubeconfig of a cluster that does not answer. The provider then compares with the state. */
const kubeconfig = join(directory, "kubeconfig");

const environment = {
  KUBECONFIG: kubeconfig,
  PULUMI_BACKEND_URL: `file://${directory}/state`,
  PULUMI_CONFIG_PASSPHRASE: "",
  PULUMI_STACK: "local",
};
const data = ({ urn }: { urn: string }) => {
  const { type, name } = parsed(urn);
  return holdsData(type, name);
};

function writeKubeconfig(context: string): void {
  const cluster = { server: "https://127.0.0.1:1" };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: "nowhere", cluster }],
      users: [{ name: "nobody", user: { token: "none" } }],
      contexts: [{ name: context, context: { cluster: "nowhere", user: "nobody" } }],
    }),
  );
}

async function pulumi(...args: string[]): Promise<string> {
  const { code, output, stdout } = await workspace.pulumi(args, environment);
  if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}: ${output}`);
  return stdout;
}

/** Returns the URNs in a release's state, and the steps that today's program plans on it. */
async function upgrade(release: string): Promise<{ urns: string[]; steps: Step[] }> {
  writeFileSync(file, gunzipSync(readFileSync(join(released, release))));
  await pulumi("stack", "import", "--file", file);
  const { steps } = JSON.parse(await pulumi("preview", "--show-sames", "--json")) as { steps: Step[] };
  return { urns: resourcesOf(readFileSync(file, "utf8")).map(({ urn }) => urn), steps };
}

/** Planned steps on resources that hold data, other than `same`, `update` and `create`. */
const dangers = (steps: readonly Step[]) =>
  steps
    .filter((step) => data(step) && !["same", "update", "create"].includes(step.op))
    .map(({ op, urn }) => `${op} ${urn}`);

beforeAll(async () => {
  mkdirSync(join(directory, "state"));
  writeKubeconfig("runsheet-lab");
  // The operators are installed from these manifests.
  await manifests();
  await pulumi("stack", "init", "local");
});
afterAll(() => {
  rmSync(directory, { recursive: true });
  workspace.remove();
});

describe.each(readdirSync(released))("an upgrade from %s", (release) => {
  test("deletes and replaces nothing that holds data, and finds all of it under its name", async () => {
    const { urns, steps } = await upgrade(release);
    expect(dangers(steps)).toEqual([]);
    const found = new Set(steps.filter(({ op }) => ["same", "update"].includes(op)).map(({ urn }) => urn));
    const held = urns.filter((urn) => data({ urn }));
    expect(held.filter((urn) => !found.has(urn))).toEqual([]);
    // Namespaces, databases, Redis, volumes, archives and passwords.
    expect(held.length).toBeGreaterThanOrEqual(65);
  });

  test("does not either when the context is called otherwise", async () => {
    writeKubeconfig("renamed");
    workspace.configure({ "runsheet:context": "renamed" });
    const { steps } = await upgrade(release);
    expect(dangers(steps)).toEqual([]);
    const provider = steps.find(({ urn }) => urn.endsWith("::pulumi:providers:kubernetes::cluster"));
    expect(provider?.op).toBe("update");
  });
});
