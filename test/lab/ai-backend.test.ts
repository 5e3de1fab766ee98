/**
 * Requirements of the AI Backend's guide: secrets, probes, metrics and models. The load test is test/long/load.test.ts.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually, kubectl, logsOf } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
afterAll(() => stack.leave());

const value = (...args: string[]) => kubectl("get", "-n", "ai-backend", ...args);

/** Sends a request to the service from this machine. */
async function ask(path: string, method = "GET") {
  const address = await value("service", "ai-backend", "-o", "jsonpath={.spec.clusterIP}");
  const answer = await fetch(`http://${address}:8000${path}`, { method });
  return { status: answer.status, body: await answer.text() };
}

test("the Secret has the guide's name and keys, and is older than the pods", async () => {
  const secret = JSON.parse(await value("secret", "ai-backend-secrets", "-o", "json")) as Created & { data: object };
  expect(Object.keys(secret.data).sort()).toEqual(["supabase-anon-key", "supabase-service-key", "supabase-url"]);
  const sets = JSON.parse(await value("replicasets", "-o", "json")) as { items: Created[] };
  for (const { metadata } of [...sets.items])
    expect(new Date(metadata.creationTimestamp) >= new Date(secret.metadata.creationTimestamp)).toBe(true);
});

interface Created {
  readonly metadata: { readonly creationTimestamp: string };
}

test("Kubernetes asks each of the guide's probes, and every endpoint answers", async () => {
  const container = "jsonpath={.spec.template.spec.containers[0]";
  const probe = (name: string) => value("deployment/ai-backend", "-o", `${container}.${name}.httpGet.path}`);
  const probes = ["livenessProbe", "readinessProbe", "startupProbe"];
  expect(await Promise.all(probes.map(probe))).toEqual(["/health/live", "/health/ready", "/health/startup"]);
  expect(await value("deployment/ai-backend", "-o", `${container}.ports[0].containerPort}`)).toBe("8000");
  const log = await logsOf("ai-backend", "ai-backend-smoke-test");
  for (const path of [
    "",
    "/live",
    "/startup",
    "/ready",
    "/detailed",
    "/test/database",
    "/test/redis",
    "/test/ml_models",
  ])
    expect(log).toContain(`ok     /health${path}\n`);
  const { body } = await ask("/metrics");
  for (const metric of ["ai_backend_health_status 1", "http_request_duration_seconds_bucket{", "http_requests_total{"])
    expect(body).toContain(metric);
});

describe("the models", () => {
  const models = (settings: object) =>
    stack.configure({ "ai-backend:models": { storage: "1Gi", accessMode: "ReadWriteOnce", ...settings } });
  /** Path of the model volume on the lab's node. */
  const volume = async () => {
    const name = await value("persistentvolumeclaim", "ai-backend-models", "-o", "jsonpath={.spec.volumeName}");
    return kubectl("get", "persistentvolume", name, "-o", "jsonpath={.spec.hostPath.path}{.spec.local.path}");
  };
  const directoryOfPods = () =>
    value("deployment/ai-backend", "-o", "jsonpath={..volumeMounts[?(@.mountPath=='/app/models')].subPath}");

  let damaged: string | undefined;
  let whole: Buffer;
  afterAll(() => damaged && writeFileSync(damaged, whole));

  test("are of a version that is backed up, and pods cannot write to them", async () => {
    expect(await directoryOfPods()).toBe("1");
    expect(await logsOf("ai-backend", "ai-backend-models-provide")).toMatch(
      /^the version 1 is (made|there): 4 files, /m,
    );
    expect(await logsOf("ai-backend", "ai-backend-models-backup")).toMatch(
      /^the backup \/backups\/1\.tar\.gz is (made: \S+, compared with|there, whole, and of) the version/m,
    );
    const write = ["exec", "-n", "ai-backend", "deployment/ai-backend", "--", "touch", "/app/models/other"];
    await expect(kubectl(...write)).rejects.toThrow("Read-only file system");
  });

  test("damaged ones are found, and the backup brings them back as a rollout", async () => {
    damaged = join(await volume(), "1", "fraud_detection.json");
    whole = readFileSync(damaged);
    writeFileSync(damaged, Buffer.concat([whole, Buffer.from("damaged")]));
    expect(await ask("/health/test/ml_models", "POST")).toMatchObject({
      status: 503,
      body: expect.stringContaining("fraud_detection.json is damaged") as string,
    });
    models({ restore: "1" });
    await stack.upSucceeds();
    expect(await directoryOfPods()).toMatch(/^1-restored-[0-9a-f]{8}$/);
    // A new pod may still be loading the models.
    await eventually("the models are whole", async () => (await ask("/health/test/ml_models", "POST")).status === 200);
  });

  test("going back to what is damaged is refused, and another version is made", async () => {
    models({});
    await stack.upFails(
      "the version 1 of the volume is damaged. What to do: restore it from its backup (models.restore).",
    );
    expect((await ask("/health/test/ml_models", "POST")).status).toBe(200);
    models({ version: "2" });
    // The same rollout disables one of the guide's features.
    stack.configure({ "ai-backend:features": { predictiveAnalytics: false } });
    await stack.upSucceeds();
    expect(await directoryOfPods()).toBe("2");
    expect((await ask("/api/predictive-analytics", "POST")).status).toBe(404);
    expect((await ask("/metrics")).body).not.toContain('ai_backend_model_accuracy{model_type="predictive_analytics"');
    stack.configure({ "ai-backend:features": undefined });
  });
});
