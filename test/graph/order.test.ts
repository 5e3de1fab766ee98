/** Order of the steps in the real engine, which Pulumi's mocks do not show. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inside, nameOf, resourcesOf, waitsFor, type StateResource } from "../support/state";
import { execute, Workspace } from "../support/workspace";

const workspace = new Workspace();
const directory = mkdtempSync(join(tmpdir(), "runsheet-graph-"));
// A provider that renders YAML files needs no cluster.
const environment = { KUBECONFIG: "", PULUMI_BACKEND_URL: `file://${directory}/state`, PULUMI_STACK: "test" };
let resources: StateResource[];

async function pulumi(...args: string[]): Promise<string> {
  const program = join(workspace.directory, "test", "graph", "program");
  const { code, output } = await execute("pulumi", [...args, "--non-interactive"], program, environment);
  if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}: ${output}`);
  return output;
}

beforeAll(async () => {
  mkdirSync(join(directory, "state"));
  await pulumi("stack", "init", "test");
  await pulumi("config", "set", "directory", join(directory, "objects"));
  await pulumi("up", "--yes", "--skip-preview");
  const file = join(directory, "state.json");
  await pulumi("stack", "export", "--file", file);
  resources = resourcesOf(readFileSync(file, "utf8"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
  workspace.remove();
});

const namesIn = (component: string) =>
  inside(component, resources)
    .map(({ urn }) => nameOf(urn))
    .sort();
const awaited = (name: string) => {
  const resource = resources.find(({ urn, custom }) => custom && nameOf(urn) === name)!;
  return [...waitsFor(resource, resources)].map(nameOf).filter((each) => each !== "files");
};

test("a step holds what is nested in it at any depth", () => {
  expect(namesIn("demo-first")).toEqual(["first", "first-inner", "first-inner-inner"]);
});

test("the first step waits for nothing", () => expect(awaited("first-inner-inner")).toEqual([]));

test.each([
  ["demo-second", "demo-first"],
  ["demo-left", "demo-second"],
  ["demo-right", "demo-second"],
  ["demo-last", "demo-left"],
  ["demo-last", "demo-right"],
  ["demo-last", "demo-first"],
])("every resource of %s waits for every resource of %s, whatever is nested between", (step, earlier) => {
  for (const resource of namesIn(step)) expect(awaited(resource)).toEqual(expect.arrayContaining(namesIn(earlier)));
});

test("parallel steps do not wait for each other", () => {
  for (const resource of namesIn("demo-right")) expect(awaited(resource)).not.toEqual(expect.arrayContaining(["left"]));
  for (const resource of namesIn("demo-left")) expect(awaited(resource)).not.toEqual(expect.arrayContaining(["right"]));
});

test("what has no effect before its use waits for the first step only", () => {
  expect(awaited("program").sort()).toEqual(namesIn("demo-first"));
  expect(awaited("changing")).toEqual(expect.arrayContaining([...namesIn("demo-first"), ...namesIn("demo-last")]));
});

test("what a task depends on, its Job waits for; its files are there before", () => {
  expect(awaited("task")).toContain("before");
  expect(awaited("task-files").sort()).toEqual(namesIn("demo-first"));
});

test("after a failure only its dependents are left, and the summary says so", async () => {
  await pulumi("config", "set", "failing", "true");
  await expect(pulumi("up", "--yes", "--skip-preview")).rejects.toThrow(
    /Where the systems stand:\n +demo +stopped in left \(failing\); not done: last, prepared, task\n/,
  );
  await pulumi("config", "rm", "failing");
});

test("a destroy keeps protected data, and all that it needs, until it is unprotected", async () => {
  const left = async () => {
    const file = join(directory, "left.json");
    await pulumi("stack", "export", "--file", file);
    const custom = resourcesOf(readFileSync(file, "utf8")).filter((resource) => resource.custom);
    return custom.map(({ urn }) => nameOf(urn)).filter((name) => !name.startsWith("default_"));
  };
  await expect(pulumi("destroy", "--yes", "--skip-preview")).rejects.toThrow(/data.*cannot be deleted/s);
  expect((await left()).sort()).toEqual(["data", "data-data", "data-data", "files", "operator", "operator-inner"]);
  await pulumi("state", "unprotect", "--all", "--yes");
  await pulumi("destroy", "--yes", "--skip-preview");
  expect(await left()).toEqual([]);
});
