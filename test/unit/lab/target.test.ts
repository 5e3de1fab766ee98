/** Choice of the cluster, and the cases that are refused before anything is changed. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../../../lab/paths";
import { otherCluster } from "../../../lab/target";
import { names } from "../../../systems";

const directory = mkdtempSync(join(tmpdir(), "runsheet-target-"));
const kubeconfig = join(directory, "kubeconfig");
const environment = { ...process.env };
const contexts = ["test-of-a-target", "local"].map((name) => ({ name, context: { cluster: "a", user: "b" } }));
const configuration = join(root, "Pulumi.test-of-a-target.yaml");

beforeEach(() => {
  writeFileSync(kubeconfig, JSON.stringify({ contexts }));
  process.env = {
    ...environment,
    KUBECONFIG: kubeconfig,
    PULUMI_BACKEND_URL: "file:///state",
    PULUMI_CONFIG_PASSPHRASE: "a passphrase",
  };
  delete process.env.PULUMI_CONFIG_PASSPHRASE_FILE;
  jest.spyOn(console, "log").mockImplementation(() => undefined);
});
afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
  rmSync(configuration, { force: true });
});
afterAll(() => rmSync(directory, { recursive: true }));

test("another cluster gets its own stack, with public images and no notifications", () => {
  expect(otherCluster("test-of-a-target")).toEqual({ stack: "test-of-a-target", backend: "file:///state" });
  const { config } = parse(readFileSync(configuration, "utf8")) as { config: Record<string, unknown> };
  expect(config["runsheet:context"]).toBe("test-of-a-target");
  expect(config).toHaveProperty(["pm:neo4j"]);
  const labOnly = [
    ...["runsheet:images", "runsheet:protect", "ai-backend:models", "ai-backend:network", "ai-backend:resources"],
    ...["pm:maintenanceDrainSeconds", "pm:slackWebhookUrl"],
  ];
  expect(Object.keys(config).filter((key) => labOnly.includes(key))).toEqual([]);
  // The stack protects its data, so the resources of its databases must be set.
  const databases = Object.keys(config).filter((key) => key.endsWith(":postgres"));
  expect(databases).toHaveLength(names.length);
  for (const key of databases) expect(config[key]).toMatchObject({ resources: { cpu: "50m", memory: "512Mi" } });
});

test("a configuration that is there is the user's, and is left as it is", () => {
  writeFileSync(configuration, "config: {}\n");
  otherCluster("test-of-a-target");
  expect(readFileSync(configuration, "utf8")).toBe("config: {}\n");
});

test("a context that the kubeconfig does not have is refused, and nothing is written", () => {
  expect(() => otherCluster("nowhere")).toThrow(
    'your kubeconfig has no context "nowhere"; there are: test-of-a-target, local',
  );
  expect(existsSync(join(root, "Pulumi.nowhere.yaml"))).toBe(false);
});

test("without any kubeconfig it says how to name one", () => {
  process.env.KUBECONFIG = join(directory, "missing");
  expect(() => otherCluster("nowhere")).toThrow(
    'your kubeconfig has no context "nowhere"; set KUBECONFIG to a file that has one',
  );
});

describe("a state that nothing encrypts is refused, before anything is written:", () => {
  const way =
    "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that has it: it encrypts them. Keep it for every later run";
  const empty = join(directory, "empty");
  beforeAll(() => writeFileSync(empty, "\n"));

  test.each([
    ["no passphrase", {}, `the state in file:///state holds secrets: ${way}`],
    [
      "an empty one, also beside a file, which Pulumi does not read then",
      { PULUMI_CONFIG_PASSPHRASE: "", PULUMI_CONFIG_PASSPHRASE_FILE: kubeconfig },
      `the state in file:///state holds secrets, and PULUMI_CONFIG_PASSPHRASE is empty, as the lab's shell has it: leave that shell, and ${way}`,
    ],
    ["no name of a file", { PULUMI_CONFIG_PASSPHRASE_FILE: "" }, `the state in file:///state holds secrets: ${way}`],
    [
      "an empty file",
      { PULUMI_CONFIG_PASSPHRASE_FILE: empty },
      `the state in file:///state holds secrets, and PULUMI_CONFIG_PASSPHRASE_FILE (${empty}) is empty: ${way}`,
    ],
    [
      "a file that is not there",
      { PULUMI_CONFIG_PASSPHRASE_FILE: join(directory, "none") },
      `PULUMI_CONFIG_PASSPHRASE_FILE cannot be read: ENOENT: no such file or directory, open '${join(directory, "none")}'`,
    ],
  ])("%s", (_, given, message) => {
    delete process.env.PULUMI_CONFIG_PASSPHRASE;
    Object.assign(process.env, given);
    expect(() => otherCluster("test-of-a-target")).toThrow(new Error(message));
    expect(existsSync(configuration)).toBe(false);
  });
});

test("a backend's login is in no error", () => {
  delete process.env.PULUMI_CONFIG_PASSPHRASE;
  process.env.PULUMI_BACKEND_URL = "postgres://runsheet:secret@db.example.com/states";
  expect(() => otherCluster("test-of-a-target")).toThrow(
    "the state in postgres://db.example.com/states holds secrets: ",
  );
});

test("a passphrase in a file is taken", () => {
  delete process.env.PULUMI_CONFIG_PASSPHRASE;
  process.env.PULUMI_CONFIG_PASSPHRASE_FILE = kubeconfig;
  expect(otherCluster("test-of-a-target").stack).toBe("test-of-a-target");
});

test("a stack whose secrets a key of a cloud encrypts wants no passphrase", () => {
  delete process.env.PULUMI_CONFIG_PASSPHRASE;
  writeFileSync(configuration, "secretsprovider: awskms://alias/runsheet\nconfig: {}\n");
  expect(otherCluster("test-of-a-target").stack).toBe("test-of-a-target");
});

test("a service that keeps secrets itself wants no passphrase", () => {
  delete process.env.PULUMI_CONFIG_PASSPHRASE;
  process.env.PULUMI_BACKEND_URL = "https://api.pulumi.com";
  expect(otherCluster("test-of-a-target").backend).toBe("https://api.pulumi.com");
});

test("~ in the state's address is the home", () => {
  process.env.PULUMI_BACKEND_URL = "file://~";
  expect(otherCluster("test-of-a-target").backend).toBe(`file://${homedir()}`);
});

test("a context that would take the place of the lab's stack is refused", () =>
  expect(() => otherCluster("local")).toThrow('a context named "local" would take the place of the lab\'s stack'));
