/** Errors in the smoke tests. */
import { redis } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
afterAll(() => stack.restore());

const fault = (...faults: object[]) => redis("SET", "stand-in:prism:faults", JSON.stringify(faults));
afterAll(() => redis("DEL", "stand-in:prism:faults"));

test("an error, a wrong body and no answer are told apart; when mended the next up passes", async () => {
  stack.configure({ "prism:release": "5.0.4" });
  await fault({ path: "/health", status: 500, body: "out of order" });
  await stack.upFails(
    /FAILED API health: GET http:\/\/prism-api\.prism:3000\/health expected status 200, got 500 out of order/,
  );
  await fault({ path: "/health", status: 200, body: '{"status":"degraded"}' });
  await stack.upFails('status is "degraded", expected "healthy"; got 200 {"status":"degraded"}');
  await fault({ path: "/health", hang: true });
  await stack.upFails(
    "FAILED API health: GET http://prism-api.prism:3000/health was not answered: no answer within 5 s",
  );
  await redis("DEL", "stand-in:prism:faults");
  await stack.upSucceeds();
});
