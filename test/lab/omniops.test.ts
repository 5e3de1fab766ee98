/** Requirements of OmniOps' guide: datastores, backfill, feature flags and recovery of the queue. */
import { kubectl, eventually, logsOf, redisOf, runNow, sql } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
const conversation = "00000000-0000-4000-8000-000000000002";
const requeue = ["-n", "omniops", "cronjob/omniops-requeue-failed-jobs"];
const database = (statement: string) => sql(statement, "omniops");

afterAll(async () => {
  await database(`DELETE FROM messages WHERE conversation_id = '${conversation}'`);
  await kubectl("patch", ...requeue, "-p", '{"spec":{"suspend":false}}');
  await stack.leave();
});

/** Returns the operations of a preview, such as "update omniops-features". */
async function previewed(): Promise<string[]> {
  const { code, stdout, output } = await stack.pulumi(["preview", "--stack", "local", "--json"]);
  if (code !== 0) throw new Error(output);
  const { steps } = JSON.parse(stdout) as { steps: { op: string; urn: string }[] };
  const changes = steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`);
  return changes.sort();
}

/** Sends a request to the application from inside its pod. */
async function ask<Answer>(path: string, body?: unknown): Promise<Answer> {
  const options = body === undefined ? "{}" : JSON.stringify({ method: "POST", body: JSON.stringify(body) });
  const script = `fetch("http://omniops-phase4.omniops:3000${path}", ${options}).then(async (answer) => console.log(await answer.text()))`;
  const answer = await kubectl("exec", "-n", "omniops", "deployment/omniops-phase4", "--", "node", "-e", script);
  return JSON.parse(answer) as Answer;
}

const featuresOf = async (customer: string) =>
  (await ask<{ features: Record<string, boolean> }>(`/api/features?customerId=${customer}`)).features;

test("the database has the guide's settings and extensions, Redis the guide's settings", async () => {
  const settings = "SELECT current_setting('max_connections'), current_setting('work_mem')";
  expect(await database(settings)).toBe("200|16MB");
  const extensions = "SELECT string_agg(extname, ',' ORDER BY extname) FROM pg_extension WHERE extname <> 'plpgsql'";
  expect(await database(extensions)).toBe("pg_trgm,vector");
  const keys = ["maxmemory", "maxmemory-policy", "timeout", "tcp-keepalive", "save", "appendonly"];
  const values = await Promise.all(keys.map((key) => redisOf("omniops", "CONFIG", "GET", key)));
  const ten = String(10 * 1024 ** 3);
  expect(values.map((value) => value.split("\n")[1] ?? "")).toEqual([ten, "allkeys-lru", "300", "60", "", "no"]);
});

test("the Deployment is the guide's; the version labels its pods, not its selector", async () => {
  const json = await kubectl("get", "-n", "omniops", "deployment/omniops-phase4", "-o", "json");
  const { spec } = JSON.parse(json) as { spec: Record<string, never> & { template: never } };
  expect(spec).toMatchObject({
    replicas: 3,
    strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    selector: { matchLabels: { "app.kubernetes.io/name": "omniops-phase4" } },
    template: {
      metadata: { labels: { "app.kubernetes.io/version": stack.release("omniops") } },
      spec: {
        containers: [
          {
            resources: { requests: { memory: "512Mi", cpu: "250m" }, limits: { memory: "1Gi", cpu: "500m" } },
            livenessProbe: { httpGet: { path: "/api/health" }, initialDelaySeconds: 30, periodSeconds: 10 },
            readinessProbe: { httpGet: { path: "/api/ready" }, initialDelaySeconds: 10, periodSeconds: 5 },
          },
        ],
      },
    },
  });
});

describe("the backfill of 300 000 messages", () => {
  const analysed = () => database("SELECT count(*) FROM sentiment_analysis WHERE status = 'completed'").then(Number);

  test("killed in the middle, it stops the system there, and the next up resumes it", async () => {
    await database(
      `INSERT INTO messages (conversation_id, role, content, created_at)
       SELECT '${conversation}', 'customer', 'Message ' || n || CASE n % 3 WHEN 0 THEN ' is great' WHEN 1 THEN ' is bad' ELSE '' END,
         now() - interval '1 hour' - interval '6 days' * n / 300000 FROM generate_series(1, 300000) AS n`,
    );
    stack.configure({ "omniops:backfill": { release: "phase4-v0.2.0", days: 7, batchSize: 100 } });
    const first = stack.up();
    await eventually("a part is analysed", async () => (await analysed()) > 20_000, 180);
    await kubectl("delete", "pods", "-n", "omniops", "-l", "app.kubernetes.io/name=omniops-backfill", "--now");
    const { code, output } = await first;
    expect(output).toMatch(/omniops +stopped in backfill \(omniops-backfill\); not done: verify-migration, /);
    expect(code).not.toBe(0);
    const before = await analysed();
    expect(before).toBeGreaterThan(20_000);
    expect(before).toBeLessThan(300_000);
    const oldest = "SELECT min(completed_at) FROM sentiment_analysis";
    const begun = await database(oldest);

    await stack.upSucceeds();
    expect(await analysed()).toBe(300_000);
    // The messages that were analysed before were not analysed again.
    expect(await database(oldest)).toBe(begun);
    expect(await logsOf("omniops", "omniops-backfill")).toContain(
      `verified: ${300_000 - before} analyses were written, none is missing`,
    );
  });

  test("the dry run counted them, and wrote nothing", async () => {
    const log = await logsOf("omniops", "omniops-backfill-dry-run");
    expect(log).toContain("300000 of 300000 messages of the last 7 days lack an analysis");
    expect(log).toContain('"toAnalyse":300000');
    expect(log).toContain("verified: the dry run wrote nothing; 300000 messages are to be analysed");
  });

  test("a second up does not run it again", async () => {
    expect((await stack.up("--expect-no-changes")).code).toBe(0);
    await database(`DELETE FROM messages WHERE conversation_id = '${conversation}'`);
    expect(await analysed()).toBe(0);
  });
});

describe("the stages of a rollout", () => {
  const stage = (rollout: object) => stack.configure({ "omniops:features": { sentiment_analysis: rollout } });

  test("at first nobody has any feature", async () => {
    expect(Object.values(await featuresOf("smoke-test"))).toEqual(Array(6).fill(false));
  });

  test("a feature without the one it builds on is refused before anything changes", async () => {
    const features = {
      sentiment_analysis: { enabled: true, percentage: 10 },
      response_suggestions: { enabled: true, percentage: 25 },
    };
    stack.configure({ "omniops:features": features });
    const output = await stack.upFails(
      "nothing was changed",
      "omniops:features.response_suggestions.percentage is 25 but requires sentiment_analysis: set it to at most its 10 %, or raise sentiment_analysis first",
    );
    expect(output).not.toMatch(/\d+ (created|updated|replaced)/);
  });

  test("internal testing: the master switch rolls the pods for the own customer only", async () => {
    stage({ enabled: true, customers: ["smoke-test"] });
    const changes = (await previewed()).filter((change) => !/^(create|delete)-replace/.test(change));
    expect(changes).toEqual([
      "replace omniops-phase4-revision",
      "replace omniops-smoke-test",
      "update omniops-features",
      "update omniops-phase4",
    ]);
    // The same `up` also deploys another release.
    stack.nextRelease("omniops");
    await stack.upSucceeds();
    expect(await featuresOf("smoke-test")).toMatchObject({ sentiment_analysis: true, response_suggestions: false });
    expect(await featuresOf("thompson-engineering")).toMatchObject({ sentiment_analysis: false });
  });

  test("beta customers, then 10 %: the preview shows only that, and running pods get it", async () => {
    const named = ["get", "pods", "-n", "omniops", "-l", "app.kubernetes.io/name=omniops-phase4", "-o", "name"];
    const pods = async () => (await kubectl(...named)).split("\n");
    const before = await pods();
    stage({ enabled: true, percentage: 10, customers: ["smoke-test", "thompson-engineering"] });
    expect(await previewed()).toEqual(["update omniops-features"]);
    await stack.upSucceeds();
    const has = async () => (await featuresOf("thompson-engineering")).sentiment_analysis === true;
    await eventually("the beta customer has the feature", has, 120);
    // Pods of the old release may still have been terminating before.
    expect(before).toEqual(expect.arrayContaining(await pods()));
  });

  test("a message is analysed now, and a Redis that lost the job gets it again", async () => {
    const content = { content: "This is bad, terrible, I want my money back." };
    const path = `/api/conversations/${conversation}/messages`;
    const { id, analysis } = await ask<{ id: string; analysis: string }>(path, content);
    expect(analysis).toBe("queued");
    const status = (message: string) =>
      database(`SELECT status FROM sentiment_analysis WHERE message_id = '${message}'`);
    await eventually("the message is analysed", async () => (await status(id)) === "completed", 30);

    // Jobs that Redis loses stay in the database. The schedule is suspended, so that only the test's own run requeues
    // them.
    await kubectl("patch", ...requeue, "-p", '{"spec":{"suspend":true}}');
    const active = () => kubectl("get", ...requeue, "-o", "jsonpath={.status.active}");
    await eventually("the schedule's own run is over", async () => (await active()) === "", 120);
    await kubectl("delete", "pod", "-n", "omniops", "omniops-redis-0", "--now");
    await kubectl("rollout", "status", "-n", "omniops", "statefulset/omniops-redis", "--timeout=120s");
    await database(
      `WITH lost AS (
         INSERT INTO messages (conversation_id, role, content) SELECT '${conversation}', 'customer', 'lost ' || n
         FROM generate_series(1, 50) AS n RETURNING id, conversation_id
       )
       INSERT INTO sentiment_analysis (conversation_id, message_id, status, created_at)
       SELECT conversation_id, id, 'pending', now() - interval '10 minutes' FROM lost`,
    );
    expect(await runNow("omniops", "omniops-requeue-failed-jobs")).toContain('"requeued":50');
    const waiting = "SELECT count(*) FROM sentiment_analysis WHERE status <> 'completed'";
    await eventually("all of them are analysed", async () => (await database(waiting)) === "0", 60);
    expect(await database("SELECT count(*), count(DISTINCT message_id) FROM sentiment_analysis")).toBe("51|51");
    expect(await runNow("omniops", "omniops-requeue-failed-jobs")).toContain('"requeued":0');
    await database(`DELETE FROM messages WHERE conversation_id = '${conversation}'`);
  });
});
