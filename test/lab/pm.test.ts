/** Requirements of PM Intelligence's runbook: maintenance mode, notifications, rollout under load and schedules. */
import { addChange, takeBack } from "../support/changes";
import { eventually, kubectl, logsOf, redisOf, releaseOf, runNow, serviceAddress, sql } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";
import { expectNoRequestLost } from "../support/load";
import { startReceiver, type Receiver } from "../support/receiver";

const stack = new FaultyStack();
const database = (statement: string) => sql(statement, "pm");
const flag = () => redisOf("pm", "GET", "pm:maintenance_mode");
let receiver: Receiver;
/** Configured webhook of the lab's own notification receiver. */
let labReceiver: unknown;

beforeAll(async () => {
  labReceiver = stack.configured("pm:slackWebhookUrl");
  receiver = await startReceiver();
  const set = ["config", "set", "--secret", "pm:slackWebhookUrl", receiver.url, "--stack", "local"];
  expect((await stack.pulumi(set)).code).toBe(0);
});
afterAll(async () => {
  await receiver.close();
  stack.configure({ "pm:slackWebhookUrl": labReceiver });
  await stack.leave();
});

const told = () => receiver.received.map((body) => (JSON.parse(body) as { text: string }).text);

/** Sends a request to a service from this machine, as external users do. */
async function ask(service: string, path: string, headers: Record<string, string> = {}) {
  const address = await serviceAddress("pm", service);
  const answer = await fetch(`http://${address}:3000${path}`, { headers });
  return { status: answer.status, retryAfter: answer.headers.get("retry-after"), body: await answer.text() };
}

test("after up PM is out of maintenance, with its schedules and no rows of the tests", async () => {
  expect(await flag()).toBe("");
  expect((await ask("pm-frontend", "/")).status).toBe(200);
  expect(JSON.parse((await ask("pm-backend", "/health")).body)).toMatchObject({
    status: "ok",
    version: stack.release("pm"),
  });
  expect(await database("SELECT count(*) FROM signals WHERE source = 'test'")).toBe("0");
  const metrics = (await ask("pm-backend", "/metrics")).body.split("\n");
  const groups = await database("SELECT count(*) FROM error_aggregation WHERE status = 'unresolved'");
  expect(metrics).toEqual(
    expect.arrayContaining([
      'pm_component_health{component="database"} 1',
      "pm_dead_letter_items 0",
      `pm_unresolved_error_groups ${groups}`,
    ]),
  );
  const schedules = await kubectl(
    "get",
    "cronjobs",
    "-n",
    "pm",
    "-o",
    "jsonpath={range .items[*]}{.metadata.name} {.spec.schedule} {.spec.concurrencyPolicy}{'\\n'}{end}",
  );
  expect(schedules.split("\n").filter(Boolean).sort()).toEqual([
    "pm-backlog-cleanup 0 2 * * * Forbid",
    "pm-dump-retention 30 0 * * * Forbid",
    "pm-dump-scheduled 0 1 * * * Forbid",
    "pm-postgresql-archive-retention 45 0 * * * Forbid",
    "pm-refresh-views 0 * * * * Forbid",
    "pm-restore-test 0 4 * * * Forbid",
    "pm-scheduled-reports */15 * * * * Forbid",
  ]);
});

test("the schedules do their work", async () => {
  expect(await runNow("pm", "pm-refresh-views")).toContain("1 of 1 checks passed");
  await database(
    `INSERT INTO neo4j_sync_backlog (operation, entity_type, entity_id, status, created_at, claimed_at, completed_at)
     VALUES ('create', 'signal', 'of the test', 'completed', now() - interval '9 days', now() - interval '9 days', now() - interval '8 days')`,
  );
  expect(await runNow("pm", "pm-backlog-cleanup")).toContain("1 of 1 checks passed");
  expect(await database("SELECT count(*) FROM neo4j_sync_backlog WHERE entity_id = 'of the test'")).toBe("0");
  expect(await runNow("pm", "pm-scheduled-reports")).toContain('"due":');
});

test("during a schema change users get the maintenance page, and people are told", async () => {
  addChange(stack, ["pm"], "slow", {
    deploy: "BEGIN;\nSELECT pg_sleep(10);\nCREATE TABLE slow (id int);\nCOMMIT;\n",
    revert: "DROP TABLE slow;\n",
  });
  stack.nextRelease("pm");
  const release = stack.release("pm");
  const up = stack.upSucceeds();
  const migrates = async () =>
    (await database(
      "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(10)%' AND pid <> pg_backend_pid()",
    )) !== "0";
  await eventually("the migration runs", migrates, 300);
  const page = await ask("pm-frontend", "/");
  expect([page.status, page.retryAfter]).toEqual([503, "60"]);
  expect(await ask("pm-backend", "/api/signals")).toMatchObject({ status: 503, retryAfter: "60" });
  expect((await ask("pm-backend", "/health")).status).toBe(200);
  process.stderr.write(`  seen from outside during the migration: ${page.status}, Retry-After ${page.retryAfter}\n`);
  await up;
  expect(await flag()).toBe("");
  expect((await ask("pm-frontend", "/")).status).toBe(200);
  expect(await releaseOf("pm")).toBe(release);
  expect(told()).toEqual([
    expect.stringMatching(new RegExp(`^Deployment starting at \\d{4}-\\S+Z\nVersion: ${release}\n`)),
    expect.stringMatching(new RegExp(`^Deployment complete at \\d{4}-\\S+Z\nVersion: ${release}\nStatus: Success$`)),
  ]);
  process.stderr.write(`  the receiver got: ${JSON.stringify(told())}\n`);
});

test("a failed change notifies, and maintenance lasts until it is reverted", async () => {
  receiver.received.length = 0;
  addChange(stack, ["pm"], "broken", { deploy: "SELECT 1 / 0;\n" });
  const before = stack.release("pm");
  stack.nextRelease("pm");
  const plain = await stack.pulumi(["up", "--yes", "--skip-preview", "--stack", "local"], {
    PULUMI_CONTINUE_ON_ERROR: "false",
  });
  expect(plain.code).not.toBe(0);
  expect(plain.output).toContain("ERROR:  division by zero");
  expect(plain.output).not.toContain("secret-part");
  expect(told().at(-1)).toMatch(
    /^Deployment failed at \S+Z\nVersion: \S+\nStatus: Failed in pm-migrate-broken\. Nothing after it was done; the maintenance mode, if it was on, stays on\.$/,
  );
  expect(await flag()).toBe("true");
  expect((await ask("pm-frontend", "/")).status).toBe(503);
  expect(await releaseOf("pm")).toBe(before);
  takeBack(stack, "pm", "broken");
  await stack.upSucceeds();
  expect(await flag()).toBe("");
  expect(await releaseOf("pm")).toBe(stack.release("pm"));
  process.stderr.write(`  the receiver got: ${JSON.stringify(told())}\n`);
});

test("a notification that is not delivered names the way out and not the address", async () => {
  receiver.answer = 410;
  stack.nextRelease("pm");
  const output = await stack.upFails(
    "POST ${SLACK_WEBHOOK_URL} expected status 200, got 410",
    "pulumi config rm pm:slackWebhookUrl",
  );
  expect(output).not.toContain("secret-part");
  expect(output).toContain("could not notify of the failure of pm: the webhook answered 410");
  receiver.answer = 200;
});

test("another release under a constant load loses no request, and needs no maintenance", async () => {
  const address = "http://pm-backend.pm:3000";
  const key = await kubectl("exec", "-n", "pm", "deployment/pm-backend", "--", "printenv", "TEST_API_KEY");
  const maintenance = () =>
    kubectl("get", "jobs", "-n", "pm", "-l", "app.kubernetes.io/name=pm-maintenance-on", "-o", "name");
  const lastMaintenance = await maintenance();
  // The first URL needs only the process, the second one the database. In maintenance mode the second would fail.
  const urls = [`${address}/health`, `${address}/api/signals?limit=1`];
  const load = { urls, headers: { Authorization: `Bearer ${key}` }, workload: "pm-backend" };
  await expectNoRequestLost(stack, "pm", load, () => stack.upSucceeds());
  expect(await maintenance()).toBe(lastMaintenance);
  expect(await logsOf("pm", "pm-smoke-test")).toContain("table sizes");
});
