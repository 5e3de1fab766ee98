import { setTimeout as sleep } from "node:timers/promises";
import { measureLoad, rateLimited } from "../../../../../components/checks/in-pod/load";

/** Request function that responds at once. Every `count`th request fails. */
const failingEvery = (count: number) => {
  let asked = 0;
  return async () => ((await Promise.resolve((asked += 1))) % count === 0 ? "expected status 200, got 500" : undefined);
};

test("a load within its limits", async () => {
  const { text, failure } = await measureLoad(
    { requestsKey: "demo:requests", requests: 200, errorPercent: 1 },
    failingEvery(200),
  );
  expect(text).toMatch(/^200 requests, 1 failed \(0\.5 per cent\), P95 [\d.]+ ms$/);
  expect(failure).toBeUndefined();
});

test("too many failures: how many, how many may be, and the first of them", async () => {
  const { failure } = await measureLoad(
    { requestsKey: "demo:requests", requests: 200, errorPercent: 1 },
    failingEvery(50),
  );
  expect(failure).toMatch(
    /^200 requests, 4 failed \(2 per cent\), .*; less than 1 per cent may fail; the first: expected status 200, got 500$/,
  );
});

test("as many failures as the limit are too many, and with the limit 0 one is", async () => {
  const atLimit = await measureLoad(
    { requestsKey: "demo:requests", requests: 200, errorPercent: 1 },
    failingEvery(100),
  );
  expect(atLimit.failure).toContain("2 failed (1 per cent)");
  const one = await measureLoad({ requestsKey: "demo:requests", requests: 200, errorPercent: 0 }, failingEvery(200));
  expect(one.failure).toContain("none may fail; the first: expected status 200, got 500");
  const none = await measureLoad({ requestsKey: "demo:requests", requests: 200, errorPercent: 0 }, failingEvery(201));
  expect(none.failure).toBeUndefined();
});

test("too slow", async () => {
  const slow = () => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 20));
  const { failure } = await measureLoad(
    { requestsKey: "demo:requests", requests: 20, errorPercent: 0, p95Milliseconds: 10 },
    slow,
  );
  expect(failure).toMatch(/^20 requests, 0 failed \(0 per cent\), P95 [\d.]+ ms; P95 has to be under 10 ms$/);
});

test("answers of a limit of requests are counted, with the key to change", async () => {
  let asked = 0;
  const ask = () => Promise.resolve((asked += 1) > 150 ? `expected status 200, got 429; ${rateLimited}` : undefined);
  const { failure } = await measureLoad({ requestsKey: "pm:thresholds.requests", requests: 200, errorPercent: 1 }, ask);
  expect(failure).toMatch(
    /; 50 of them reached the application's limit of requests: let it allow more, or set pm:thresholds\.requests to fewer$/,
  );
});

test("a few answers 429 are failures like others, within the limit of errors", async () => {
  let asked = 0;
  const ask = () => Promise.resolve((asked += 1) === 1 ? `expected status 200, got 429; ${rateLimited}` : undefined);
  const load = { requestsKey: "pm:thresholds.requests", requests: 200, errorPercent: 1 };
  expect((await measureLoad(load, ask)).failure).toBeUndefined();
  asked = 0;
  const { failure } = await measureLoad({ ...load, p95Milliseconds: 0 }, ask);
  expect(failure).toMatch(/; P95 has to be under 0 ms$/);
  expect(failure).not.toContain("limit of requests");
});

test("no more than so many at a time", async () => {
  let running = 0;
  let most = 0;
  const ask = async () => {
    most = Math.max(most, (running += 1));
    await sleep(1);
    running -= 1;
    return undefined;
  };
  await measureLoad({ requestsKey: "demo:requests", requests: 30, concurrency: 3, errorPercent: 0 }, ask);
  expect(most).toBe(3);
});
