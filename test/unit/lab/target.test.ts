/** Which cluster is meant, and what is refused before anything is changed. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../../../lab/paths";
import { otherCluster } from "../../../lab/target";

const directory = mkdtempSync(join(tmpdir(), "runsheet-target-"));
const kubeconfig = join(directory, "kubeconfig");
const environment = { ...process.env };
const contexts = ["test-of-a-target", "local"].map((name) => ({ name, context: { cluster: "a", user: "b" } }));
const configuration = join(root, "Pulumi.test-of-a-target.yaml");

beforeEach(() => {
  writeFileSync(kubeconfig, JSON.stringify({ contexts }));
  process.env = { ...environment, KUBECONFIG: kubeconfig, PULUMI_BACKEND_URL: "file:///state" };
  jest.spyOn(console, "log").mockImplementation(() => undefined);
});
afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
  rmSync(configuration, { force: true });
});
afterAll(() => rmSync(directory, { recursive: true }));

test("another cluster gets a stack of its own, with the public images", () => {
  expect(otherCluster("test-of-a-target")).toEqual({ stack: "test-of-a-target", backend: "file:///state" });
  const { config } = parse(readFileSync(configuration, "utf8")) as { config: Record<string, unknown> };
  expect(config["runsheet:context"]).toBe("test-of-a-target");
  expect(config).not.toHaveProperty("runsheet:images");
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

test("a context that would take the place of the lab's stack is refused", () =>
  expect(() => otherCluster("local")).toThrow('a context named "local" would take the place of the lab\'s stack'));
