/** The order of the steps, as the real engine has it: what Pulumi's mocks cannot see. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inside, nameOf, resourcesOf, waitsFor, type StateResource } from "../support/state";
import { execute } from "../support/workspace";

const program = join(__dirname, "program");
const directory = mkdtempSync(join(tmpdir(), "runsheet-graph-"));
const environment = { PULUMI_BACKEND_URL: `file://${directory}/state`, PULUMI_STACK: "test" };
let resources: StateResource[];

async function pulumi(...args: string[]): Promise<string> {
  const { code, output } = await execute("pulumi", [...args, "--non-interactive"], program, environment);
  if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}: ${output}`);
  return output;
}

beforeAll(async () => {
  mkdirSync(join(directory, "state"));
  const config = ["--config-file", join(directory, "Pulumi.test.yaml")];
  await pulumi("stack", "init", "test", ...config);
  await pulumi("config", "set", "directory", join(directory, "objects"), ...config);
  await pulumi("up", "--yes", "--skip-preview", ...config);
  const file = join(directory, "state.json");
  await pulumi("stack", "export", "--file", file);
  resources = resourcesOf(readFileSync(file, "utf8"));
});
afterAll(() => rmSync(directory, { recursive: true }));

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

test("the first step waits for what the runbook follows", () =>
  expect(awaited("first-inner-inner")).toEqual(["before"]));

test.each([
  ["demo-second", "demo-first"],
  ["demo-left", "demo-second"],
  ["demo-right", "demo-second"],
  ["demo-last", "demo-left"],
  ["demo-last", "demo-right"],
  ["demo-last", "demo-first"],
])(
  "every resource of %s waits for every resource of %s, through nested components and empty steps",
  (step, earlier) => {
    for (const resource of namesIn(step)) expect(awaited(resource)).toEqual(expect.arrayContaining(namesIn(earlier)));
  },
);

test("parallel steps do not wait for each other", () => {
  for (const resource of namesIn("demo-right")) expect(awaited(resource)).not.toEqual(expect.arrayContaining(["left"]));
  for (const resource of namesIn("demo-left")) expect(awaited(resource)).not.toEqual(expect.arrayContaining(["right"]));
});
