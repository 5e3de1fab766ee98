/**
 * State of the lab after `npm run up`: a complete, restricted stack without drift, which another `up` does not change.
 */
import { eventually, kubectl, logsOf, primaryOf, redis, runNow, sql, systems } from "../support/cluster";
import { expectNoDrift, expectUpUnchanged } from "../support/drift";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
afterAll(() => stack.leave());

test("a second up changes nothing", () => expectUpUnchanged(stack));

test("a preview changes nothing", async () => {
  const { code, output } = await stack.pulumi(["preview", "--stack", "local", "--expect-no-changes"]);
  expect(output).toMatch(/Resources:\n\s+\d+ unchanged/);
  expect(code).toBe(0);
});

test("the policy pack refuses unprotected data, and takes the same stack protected", async () => {
  const protectedStack = new FaultyStack();
  // A protected and archived database needs room for its WAL.
  for (const system of systems) {
    const configured = stack.configured(`${system}:postgres`) as object;
    protectedStack.configure({ [`${system}:postgres`]: { ...configured, storage: "10Gi" } });
  }
  const backups = stack.configured("runsheet:backups") as object;
  // The policy asks for https. The lab's store does not speak it, which a preview does not find out.
  const encrypted = {
    ...backups,
    endpoint: "https://10.213.0.2:9000",
    movedFrom: "http://10.213.0.2:9000/runsheet/local",
  };
  protectedStack.configure({ "runsheet:protect": true, "runsheet:backups": encrypted });
  const pack = ["preview", "--stack", "local", "--policy-pack", "policy"];
  const [open, kept] = await Promise.all([stack.pulumi(pack), protectedStack.pulumi(pack)]);
  protectedStack.remove();
  expect(open.output).toMatch(/\[mandatory\] +data-protected .*\n.*\n.*prism-postgresql\S* holds data/);
  expect(open.code).not.toBe(0);
  expect(kept.output).toMatch(/\[advisory\] +databases-replicated/);
  expect(kept.output).not.toContain("[mandatory]");
  expect(kept.code).toBe(0);
});

test("a refresh finds no drift", () => expectNoDrift(stack));

test("a refresh finds what somebody changed by hand, and up puts it back", async () => {
  await kubectl("scale", "-n", "prism", "deployment/prism-api", "--replicas=1");
  const drift = await stack.pulumi(["refresh", "--stack", "local", "--preview-only", "--expect-no-changes", "--diff"]);
  expect(drift.code).not.toBe(0);
  expect(drift.output).toMatch(/prism-api/);
  expect((await stack.up("--refresh")).code).toBe(0);
  expect(await kubectl("get", "-n", "prism", "deployment/prism-api", "-o", "jsonpath={.spec.replicas}")).toBe("2");
});

test("the migrations are applied in the runbook's order, what came later last", async () => {
  expect((await sql("SELECT change FROM sqitch.changes ORDER BY committed_at")).split("\n")).toEqual([
    "ai_feedback",
    "invoice_validations",
    "business_classification_patterns",
    "ml_models",
    "user_insights",
    "user_tax_profiles",
    "feedback_training_index",
    "user_tax_profiles_updated_at",
  ]);
});

test("every namespace of the stack admits restricted pods only", async () => {
  for (const namespace of ["prism", "cnpg-system"]) {
    const label = "jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}";
    expect(await kubectl("get", "namespace", namespace, "-o", label)).toBe("restricted");
  }
  const privileged = ["run", "root", "-n", "prism", "--image=runsheet.lab/node:22", "--restart=Never"];
  await expect(kubectl(...privileged)).rejects.toThrow('violates PodSecurity "restricted:latest"');
});

test("the smoke tests asked everything and left no row", async () => {
  const log = await logsOf("prism", "prism-smoke-test");
  for (const name of [
    "API health",
    "Redis connection",
    "database connection",
    "income-tax-calculator",
    "vat-calculator",
    "business-classifier",
    "anti-avoidance-check",
    "feedback is in the database",
    "insights are in the database",
    "the correction is in the database",
  ]) {
    expect(log).toContain(`ok     ${name}`);
  }
  const rows =
    "SELECT (SELECT count(*) FROM ai_feedback) + (SELECT count(*) FROM user_insights) + (SELECT count(*) FROM profile_corrections)";
  expect(await sql(rows)).toBe("0");
});

test("no generated secret is in a preview, in the outputs or in a pod's description", async () => {
  const names = ["prism-postgresql-prism", "prism-postgresql-prism-app", "prism-redis"];
  const secrets = await Promise.all(
    names.map((name) => kubectl("get", "secret", "-n", "prism", name, "-o", "jsonpath={.data.password}")),
  );
  const passwords = secrets.map((encoded) => Buffer.from(encoded, "base64").toString());
  expect(passwords.map(({ length }) => length)).toEqual([32, 32, 32]);
  const release = stack.release("prism");
  stack.configure({ "prism:release": "5.0.9" });
  const preview = await stack.pulumi(["preview", "--stack", "local", "--diff"]);
  stack.configure({ "prism:release": release });
  const outputs = await stack.pulumi(["stack", "output", "--stack", "local", "--json"]);
  const pods = await kubectl("describe", "pods", "-n", "prism");
  expect(preview.output).toContain("5.0.9");
  for (const password of passwords)
    for (const text of [preview.output, outputs.output, pods]) expect(text).not.toContain(password);
});

test("Redis is set up for a queue", async () => {
  expect(await redis("CONFIG", "GET", "maxmemory-policy")).toBe("maxmemory-policy\nnoeviction");
  expect(await redis("CONFIG", "GET", "appendonly")).toBe("appendonly\nyes");
});

describe("what the schedules do is no drift", () => {
  test("the quarterly maintenance runs", async () =>
    expect(await runNow("prism", "prism-maintenance-quarterly")).toContain(
      "vacuumed, analysed and reindexed 7 of 7 tables",
    ));

  test("the monthly clean-up runs", async () =>
    expect(await runNow("prism", "prism-maintenance-monthly")).toMatch(/^removed 0 /m));

  test.each(["prism-model-training", "prism-monthly-insights"])("%s restarts gracefully", async (worker) => {
    const pod = () =>
      kubectl(
        "get",
        "pods",
        "-n",
        "prism",
        "-l",
        `app.kubernetes.io/name=${worker}`,
        "-o",
        "jsonpath={.items[*].metadata.name}",
      );
    const before = await pod();
    expect(await runNow("prism", `${worker}-restart`)).toContain(`prism/${worker} restarts`);
    await eventually("another pod", async () => !(await pod()).includes(before), 90);
  });

  test("a refresh finds no drift afterwards", () => expectNoDrift(stack));
});

test("every database is promised what the stack says, and sized by it", async () => {
  for (const system of systems) {
    const pod = ["get", "pod", "-n", system, await primaryOf(system)];
    const requests = '.spec.containers[?(@.name=="postgres")].resources.requests';
    expect(await kubectl(...pod, "-o", `jsonpath={${requests}.cpu} {${requests}.memory}`)).toBe("50m 512Mi");
    expect(await sql("SHOW shared_buffers", system)).toBe("128MB");
    expect(await sql("SHOW effective_cache_size", system)).toBe("384MB");
  }
});
