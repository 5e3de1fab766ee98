/** Ten edits by hand of the lab's stack: each is named by a search for drift, and taken back by an `up`. */
import { kubectl, sql } from "../support/cluster";
import { expectUpUnchanged } from "../support/drift";
import { Workspace } from "../support/workspace";
import { findingsOf, type Drift, type Finding } from "../../drift/finding";
import { execute } from "../support/workspace";
import { join } from "node:path";

jest.setTimeout(600_000);

const root = join(__dirname, "../..");
const workspace = new Workspace();
afterAll(async () => {
  await kubectl("delete", "configmap", "-n", "pm", "nobody-declared", "--ignore-not-found");
  workspace.remove();
});

/** Searches for drift, and returns the exit code and the findings. */
async function search(): Promise<{ code: number; drift: Drift; findings: Finding[] }> {
  const run = ["--require", "./register.cjs", "drift/main.ts", "--format", "json"];
  const { code, stdout } = await execute("node", run, root);
  const drift = JSON.parse(stdout) as Drift;
  return { code, drift, findings: findingsOf(drift) };
}

const patch = (namespace: string, object: string, value: object) =>
  kubectl("patch", "-n", namespace, object, "--type", "merge", "-p", JSON.stringify(value));
const read = (namespace: string, object: string, path: string) =>
  kubectl("get", "-n", namespace, object, "-o", `jsonpath=${path}`);

const env = "{.spec.template.spec.containers[0].env[*].name}";
const image = "{.spec.template.spec.containers[0].image}";
let before: string[];
let smokeTest: string;

/** Everything that is edited, as it is now. */
const state = async () => [
  await read("omniops", "deployment/omniops-phase4", "{.spec.replicas}"),
  await read("prism", "deployment/prism-api", image),
  await read("mued", "deployment/mued-web", env),
  await read("pm", "secret/pm-postgresql-pm-app", "{.data.password}"),
  await read("ai-backend", "networkpolicy/ai-backend-entrance", "{.spec.ingress}"),
  await read("pm", "cronjob/pm-backlog-cleanup", "{.spec.schedule}"),
  await read("prism", "configmap/prism-project", "{.data.migrate\\.sh}"),
  await read("ai-backend", "persistentvolumeclaim/ai-backend-models", "{.metadata.labels.by-hand}"),
  await sql("SELECT to_regclass('public.idx_ai_feedback_business'), to_regclass('public.idx_feedback_training')"),
  await sql("SELECT has_table_privilege('service_role', 'public.sentiment_analysis', 'SELECT')", "omniops"),
];

test("nothing is found before, and scaling what has an autoscaler is nothing", async () => {
  await kubectl("scale", "-n", "ai-backend", "deployment/ai-backend", "--replicas=3");
  before = await state();
  const { code, drift } = await search();
  expect(drift).toMatchObject({ result: "none", systems: [], others: [], errors: [] });
  expect(code).toBe(0);
});

test("every edit is named, with its fields and who made it", async () => {
  await kubectl("scale", "-n", "omniops", "deployment/omniops-phase4", "--replicas=4");
  await kubectl("set", "image", "-n", "prism", "deployment/prism-api", "main=nobody-has-it:1");
  await kubectl("set", "env", "-n", "mued", "deployment/mued-web", "DEBUG=a-secret-of-the-test");
  await patch("pm", "secret/pm-postgresql-pm-app", { data: { password: "YS1zZWNyZXQtb2YtdGhlLXRlc3Q=" } });
  const open = [{ op: "add", path: "/spec/ingress/-", value: {} }];
  const entrance = "networkpolicy/ai-backend-entrance";
  await kubectl("patch", "-n", "ai-backend", entrance, "--type", "json", "-p", JSON.stringify(open));
  await patch("pm", "cronjob/pm-backlog-cleanup", { spec: { schedule: "1 1 1 1 *" } });
  await patch("prism", "configmap/prism-project", { data: { added: "by hand" } });
  await kubectl("label", "-n", "ai-backend", "persistentvolumeclaim/ai-backend-models", "by-hand=yes");
  const jobs = await kubectl("get", "jobs", "-n", "ai-backend", "-o", "name");
  smokeTest = jobs.split("\n").find((name) => name.includes("ai-backend-smoke-test"))!;
  await kubectl("delete", "-n", "ai-backend", smokeTest);
  await kubectl("create", "configmap", "-n", "pm", "nobody-declared", "--from-literal=a=b");
  await sql("DROP INDEX public.idx_ai_feedback_business; DROP INDEX public.idx_feedback_training");
  await sql("REVOKE SELECT ON public.sentiment_analysis FROM service_role", "omniops");

  const { code, findings, drift } = await search();
  expect(drift.errors).toEqual([]);
  const short = findings.map(({ what, kind, name, fields, by }) =>
    [what, kind, name, fields.map(({ path }) => path).join(","), by.map(({ manager }) => manager).join(",")].join(" "),
  );
  expect(short.sort()).toEqual(
    [
      "changed Deployment omniops/omniops-phase4 spec.replicas kubectl",
      "changed Deployment prism/prism-api spec.template.spec.containers[main].image kubectl-set",
      "changed Deployment mued/mued-web spec.template.spec.containers[main].env[DEBUG] kubectl-set",
      "changed Secret pm/pm-postgresql-pm-app data.password kubectl-patch",
      "changed NetworkPolicy ai-backend/ai-backend-entrance spec.ingress kubectl-patch",
      "changed CronJob pm/pm-backlog-cleanup spec.schedule kubectl-patch",
      "changed ConfigMap prism/prism-project data.added kubectl-patch",
      "changed PersistentVolumeClaim ai-backend/ai-backend-models metadata.labels.by-hand kubectl-label",
      `deleted Job ai-backend/${smokeTest.replace("job.batch/", "")}  `,
      "undeclared ConfigMap pm/nobody-declared  kubectl-create",
      "failed check prism/prism-schema-check  ",
      "failed check omniops/omniops-schema-check  ",
    ].sort(),
  );
  const messages = findings.map(({ message }) => message ?? "").join("\n");
  expect(messages).toContain("index idx_ai_feedback_business is missing on ai_feedback");
  expect(messages).toContain("index idx_feedback_training is missing on ai_feedback");
  expect(messages).toContain('service_role may do "INSERT, UPDATE, DELETE" on sentiment_analysis');
  expect(findings.find(({ kind }) => kind === "CronJob")!.fields).toEqual([
    { path: "spec.schedule", from: expect.any(String) as string, to: "1 1 1 1 *" },
  ]);
  expect(JSON.stringify(drift)).not.toMatch(/a-secret-of-the-test|YS1zZWNyZXQtb2YtdGhlLXRlc3Q/);
  expect(code).toBe(1);
});

test("an up takes all of it back, and leaves what is not its own", async () => {
  const { code, output } = await workspace.up("--refresh");
  if (code !== 0) throw new Error(output);
  expect(await state()).toEqual(before);
  expect(await kubectl("get", "-n", "ai-backend", smokeTest, "-o", "jsonpath={.status.succeeded}")).toBe("1");
  const { findings } = await search();
  expect(findings.map(({ what, name }) => [what, name])).toEqual([["undeclared", "pm/nobody-declared"]]);
});

test("a second up changes nothing, and nothing is found", async () => {
  await kubectl("delete", "configmap", "-n", "pm", "nobody-declared");
  await expectUpUnchanged(workspace);
  expect(await search()).toMatchObject({ code: 0, findings: [] });
});
