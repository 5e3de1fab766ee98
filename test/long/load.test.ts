/** Rollouts under constant load lose no request. For PM see test/lab/pm.test.ts. */
import { eventually, kubectl, sql } from "../support/cluster";
import { expectNoDrift } from "../support/drift";
import { FaultyStack } from "../support/faulty-stack";
import { expectNoRequestLost } from "../support/load";

const stack = new FaultyStack();
const conversation = "00000000-0000-4000-8000-000000000002";
const clean = () => sql(`DELETE FROM messages WHERE conversation_id = '${conversation}'`, "omniops");

afterAll(async () => {
  await clean();
  await stack.leave();
});

test("OmniOps: no request is lost", async () => {
  await clean();
  const message = await sql(
    `WITH asked AS (
       INSERT INTO messages (conversation_id, role, content) VALUES ('${conversation}', 'customer', 'asked for all the time')
       RETURNING id, conversation_id
     )
     INSERT INTO sentiment_analysis (conversation_id, message_id) SELECT conversation_id, id FROM asked RETURNING message_id`,
    "omniops",
  );
  // The URLs need the process, a file and the database.
  const paths = ["/api/health", "/api/features?customerId=smoke-test", `/api/messages/${message}/sentiment`];
  const urls = paths.map((path) => `http://omniops-phase4.omniops:3000${path}`);
  stack.nextRelease("omniops");
  await expectNoRequestLost(stack, "omniops", { urls }, () => stack.upSucceeds());
});

test("AI Backend loses no request; the autoscaler adds and removes pods, without drift", async () => {
  const autoscaled = ["-n", "ai-backend", "deployment/ai-backend"];
  const replicas = async () => Number(await kubectl("get", ...autoscaled, "-o", "jsonpath={.spec.replicas}"));
  expect(await replicas()).toBe(2);
  // The URLs need the process, then the database and Redis. /health/detailed is left out: it counts the server's
  // connections on each request, and the test would measure the machine's two cores instead of the rollout.
  const urls = ["/health/live", "/health"].map((path) => `http://ai-backend.ai-backend:8000${path}`);
  await expectNoRequestLost(stack, "ai-backend", { urls }, async () => {
    await eventually("the autoscaler adds pods", async () => (await replicas()) === 5, 120);
    await expectNoDrift(stack);
    stack.nextRelease("ai-backend");
    await stack.upSucceeds();
    expect(await replicas()).toBe(5);
  });
  await eventually("the autoscaler takes pods away", async () => (await replicas()) === 2, 180);
  const described = await kubectl("describe", "-n", "ai-backend", "horizontalpodautoscaler/ai-backend");
  process.stderr.write(`${described.slice(described.indexOf("Events:"))}\n`);
});
