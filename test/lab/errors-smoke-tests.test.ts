/** Errors in the smoke tests. */
import { redis, redisOf, sql } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
const fault = (...faults: object[]) => redis("SET", "stand-in:prism:faults", JSON.stringify(faults));

afterAll(async () => {
  await redis("DEL", "stand-in:prism:faults");
  await redisOf("omniops", "DEL", "stand-in:omniops:faults");
  await sql("GRANT INSERT ON ai_dialogue_log TO mued_app", "mued");
  await stack.restore();
});

test("an error, a wrong body and no answer are told apart, in one system or in all; when mended the next up passes", async () => {
  stack.configure({ "prism:release": "5.0.4", "mued:release": "2.0.4", "omniops:openaiOrganization": "org-other" });
  await fault({ path: "/health", status: 500, body: "out of order" });
  const features = [{ path: "/api/features", status: 200, body: '{"customerId":"smoke-test","features":{}}' }];
  await redisOf("omniops", "SET", "stand-in:omniops:faults", JSON.stringify(features));
  await sql("REVOKE INSERT ON ai_dialogue_log FROM mued_app", "mued");
  await stack.upFails(
    /FAILED API health: GET http:\/\/prism-api\.prism:3000\/health expected status 200, got 500 out of order/,
    "FAILED feature flags: GET http://omniops-phase4.omniops:3000/api/features?customerId=smoke-test: features.sentiment_analysis is missing, expected a boolean",
    /FAILED the critical endpoint \/api\/ai\/chat: POST http:\/\/mued-web\.mued:3000\/api\/ai\/chat expected status 200, got 50\d/,
  );
  const hangs = [{ path: "/api/features", hang: true }];
  await redisOf("omniops", "SET", "stand-in:omniops:faults", JSON.stringify(hangs));
  await sql("GRANT INSERT ON ai_dialogue_log TO mued_app", "mued");
  await fault({ path: "/health", status: 200, body: '{"status":"degraded"}' });
  stack.configure({ "mued:rollbackTriggers": { baselineP95Milliseconds: 0.01, slowerPercent: 50 } });
  await stack.upFails(
    'status is "degraded", expected "healthy"; got 200 {"status":"degraded"}',
    "FAILED feature flags: GET http://omniops-phase4.omniops:3000/api/features?customerId=smoke-test was not answered: no answer within 5 s",
    /FAILED the rollback triggers: 200 requests, 0 failed \(0 per cent\), P95 [\d.]+ ms; P95 may be at most 0\.015 ms/,
    "Go back: set mued:release to the release before",
  );
  stack.configure({ "mued:rollbackTriggers": undefined });
  await redisOf("omniops", "DEL", "stand-in:omniops:faults");
  await redis("DEL", "stand-in:prism:faults");
  await stack.upSucceeds();
});
