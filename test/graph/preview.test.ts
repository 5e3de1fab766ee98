/**
 * Preview told as steps of the runbooks, of the whole program with the real engine. The golden files are renewed with
 * UPDATE_GOLDEN=1.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markdown } from "../../preview/markdown";
import type { Told } from "../../preview/told";
import { addChange, takeBack } from "../support/changes";
import { expectFiles } from "../support/golden-files";
import { RenderedStack } from "../support/rendered-stack";
import { execute, type Result } from "../support/workspace";

const stack = new RenderedStack("preview");
const output = mkdtempSync(join(tmpdir(), "runsheet-preview-"));
const secret = "hunter2-of-the-test";

/** Runs the command. */
function preview(...args: string[]): Promise<Result> {
  const command = ["--require", "./register.cjs", "preview/main.ts", "--stack", stack.stack, ...args];
  return execute("node", command, stack.directory, { ...stack.environment });
}

/** Runs the command once, and formats what it tells as it does: the formats know nothing else. */
async function told(...args: string[]) {
  const file = join(output, "preview.json");
  const { code, stdout, output: printed } = await preview("--format", "json", "--output", file, ...args);
  const json = readFileSync(file, "utf8");
  const whole = JSON.parse(json) as Told;
  return { ...whole, code, json, text: stdout, markdown: markdown(whole), printed };
}

/** Leaves out the warnings: they are the test's own, of a provider without a cluster and of programs on the PATH. */
const withoutWarnings = (text: string) =>
  text
    .replace(/\n\nWarnings\n[\s\S]*?\n$/, "\n")
    .replace(/\n\n<details>\n<summary>Warnings[\s\S]*?<\/details>\n$/, "\n");

/** Compares the text and the Markdown with the golden files of a case. */
const matchesGolden = (name: string, { text, markdown }: { text: string; markdown: string }) =>
  expectFiles(join(__dirname, "..", "golden", "preview", name), {
    "preview.md": withoutWarnings(markdown),
    "preview.txt": withoutWarnings(text),
  });

beforeAll(async () => {
  await stack.create(["omniops", "pm"]);
  await stack.run("config", "set", "--secret", "pm:slackWebhookUrl", `https://hooks.invalid/${secret}`);
  await stack.deploy();
});
afterAll(() => {
  rmSync(output, { recursive: true });
  stack.remove();
});

/** Previews an edit of the checkout, which is then taken back. */
async function edited(file: string, edit: (text: string) => string) {
  const before = stack.read(file);
  stack.edit(file, edit);
  expect(stack.read(file)).not.toBe(before);
  try {
    return await told();
  } finally {
    writeFileSync(join(stack.directory, file), before);
  }
}

/** Previews a change of the configuration, which is then taken back. */
async function configured(key: string, value: unknown) {
  const before = stack.configured(key, stack.stack);
  stack.set({ [key]: value });
  try {
    return await told();
  } finally {
    stack.set({ [key]: before });
  }
}

test("a stack without changes says so in one line, and none are expected", async () => {
  const { code, stdout } = await preview("--expect-no-changes");
  expect(stdout).toMatch(/^The stack preview has no changes\. Warnings \(--format json shows them\): \d+\.\n$/);
  expect(code).toBe(0);
});

test("a changed release runs the steps that a release runs, without maintenance mode", async () => {
  const found = await configured("pm:release", "2.1");
  matchesGolden("release", found);
  expect(found.code).toBe(0);
  expect(found.systems.map(({ name, maintenance }) => [name, maintenance])).toEqual([["pm", {}]]);
});

test("changes are a failure where none are expected", async () => {
  stack.set({ "pm:release": "2.1" });
  const { code, output: said } = await preview("--expect-no-changes");
  stack.set({ "pm:release": "2.0" });
  expect(said).toContain("There are changes, and --expect-no-changes allows none.");
  expect(code).toBe(1);
});

test("an added migration asks for the maintenance mode, and tells the way back", async () => {
  addChange(stack, ["pm"], "V3_015_notes", { deploy: "CREATE TABLE notes (id int);\n" });
  const found = await told().finally(() => takeBack(stack, "pm", "V3_015_notes"));
  matchesGolden("migration", found);
  const [pm] = found.systems;
  expect(pm!.maintenance).toEqual({ from: "maintenance-on", until: "maintenance-off" });
  expect(pm!.wayBack.how).toEqual([
    "pulumi config set --stack preview --path pm:schema.target V3_014_named_versions",
    "pulumi up --stack preview",
  ]);
});

test("a stage of a feature's rollout is one changed object", async () => {
  const found = await configured("omniops:features", { sentiment_analysis: { percentage: 10 } });
  matchesGolden("flag", found);
  expect(found.counts).toEqual({ change: 1 });
});

test("a replaced database stands first", async () => {
  const found = await edited("components/postgres/cloudnativepg.ts", (text) =>
    text.replace(/(kind: "Cluster",\s*metadata: \{\s*)name,/, "$1name: `${name}-other`,"),
  );
  matchesGolden("database", found);
  expect(found.dangers.map(({ verb, name }) => `${verb} ${name}`)).toEqual([
    "replace omniops-postgresql",
    "replace omniops-postgresql-database",
    "replace pm-postgresql",
    "replace pm-postgresql-database",
  ]);
});

test("a changed secret is in no format, neither before nor after", async () => {
  await stack.run("config", "set", "--secret", "pm:slackWebhookUrl", `https://hooks.invalid/new-${secret}`);
  // The program writes it, too.
  const found = await edited("index.ts", (text) =>
    text.replace(
      "shortenFollowingErrors();",
      'new pulumi.Config("pm").requireSecret("slackWebhookUrl").apply((url) => pulumi.log.warn(url));\n$&',
    ),
  );
  await stack.run("config", "set", "--secret", "pm:slackWebhookUrl", `https://hooks.invalid/${secret}`);
  expect(found.text).toContain("SLACK_WEBHOOK_URL");
  for (const text of [found.printed, found.text, found.markdown, found.json]) expect(text).not.toContain("hunter2");
});

test("complaints of a policy pack fail the preview, and are told with it", async () => {
  const found = await told("--policy-pack", "policy");
  expect(found.code).toBe(1);
  expect(found.result).toBe("failed");
  expect(found.errors).toEqual([]);
  const complaint = found.policies.find(({ resource }) => resource === "pm-postgresql")!;
  expect(complaint).toMatchObject({ policy: "data-protected", level: "mandatory" });
  expect(complaint.message).toContain("pm-postgresql holds data");
});

test("errors of the program are told, and so is a stack that is not there", async () => {
  const found = await configured("pm:nonsense", true);
  expect(found.code).toBe(1);
  expect(found.errors.map(({ message }) => message)).toEqual([
    expect.stringContaining("pm:nonsense") as unknown as string,
  ]);
  const missing = await preview("--stack", "nowhere");
  expect(missing.stdout).toBe("The preview of the stack nowhere failed.\n\nErrors\n  no stack named 'nowhere' found\n");
  expect(missing.code).toBe(1);
});

test("wrong usage is neither", async () => {
  const { code, output: said } = await preview("--format", "html");
  expect(said).toBe("--format html: expected one of text, markdown, json\nSee npm run preview -- --help\n");
  expect(code).toBe(2);
});

test("the stack that the user has selected stays selected", async () => {
  await stack.run("stack", "init", "other");
  await stack.run("stack", "select", "other");
  await preview();
  const list = ["-u", "PULUMI_STACK", "pulumi", "stack", "ls", "--json"];
  const { stdout } = await execute("env", list, stack.directory, { ...stack.environment });
  const stacks = JSON.parse(stdout) as { name: string; current: boolean }[];
  expect(stacks.filter(({ current }) => current).map(({ name }) => name)).toEqual(["other"]);
});
