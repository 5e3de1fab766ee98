/** Roles of PRISM without a database and Redis: errors are reported, and in the right order. */
import { startApplication, type Application } from "../../../../lab/stand-in/core/application";
import { readSettings } from "../../../../lab/stand-in/core/settings";
import { prism } from "../../../../lab/stand-in/prism";
import { lastMonth } from "../../../../lab/stand-in/prism/month";

const userId = "00000000-0000-4000-8000-000000000001";
const businessId = "00000000-0000-4000-8000-000000000002";
const feedback = {
  userId,
  businessId,
  entityType: "business",
  field: "category",
  aiPrediction: "retail",
  userCorrection: "food",
  confidence: 0.6,
};

let application: Application;

async function start(role: string): Promise<void> {
  const environment = {
    STAND_IN_SYSTEM: "prism",
    STAND_IN_ROLE: role,
    PORT: "0",
    DRAIN_SECONDS: "0",
    ADMIN_TOKEN: "admin",
    SUPABASE_ANON_KEY: "anon",
  };
  application = await startApplication(readSettings(environment), prism, () => undefined);
}
afterEach(() => application.stop());

async function send(path: string, method = "GET", body?: unknown, token?: string): Promise<[number, unknown]> {
  const headers = { connection: "close", ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const url = `http://127.0.0.1:${application.port}${path}`;
  const reply = await fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  return [reply.status, await reply.json()];
}

test("the API is not ready without its database and Redis", async () => {
  await start("api");
  const failed = { database: "DATABASE_URL is not set.", redis: "REDIS_URL is not set." };
  expect(await send("/ready")).toMatchObject([503, { ready: false, failed }]);
  expect(await send("/api/feedback", "POST", feedback)).toEqual([503, { error: "DATABASE_URL is not set." }]);
  expect(await send("/api/admin/trigger-insights", "POST", undefined, "admin")).toEqual([
    503,
    { error: "REDIS_URL is not set." },
  ]);
});

test.each([
  ["POST", "/api/feedback", [], "body", "Send a JSON object as the body."],
  ["POST", "/api/feedback", { ...feedback, userId: "me" }, "userId", "userId must be a UUID."],
  [
    "POST",
    "/api/feedback",
    { ...feedback, entityType: "letter" },
    "entityType",
    "entityType must be one of transaction, invoice, business, tax_profile.",
  ],
  ["POST", "/api/feedback", { ...feedback, entityType: "invoice" }, "entityId", "entityId must be a UUID."],
  ["POST", "/api/feedback", { ...feedback, confidence: 60 }, "confidence", "confidence must be a number from 0 to 1."],
  ["GET", "/api/feedback/1", undefined, "id", "id must be a UUID."],
  ["GET", "/api/insights", undefined, "userId", "userId must be a UUID."],
  [
    "PUT",
    `/api/users/${userId}/tax-profile`,
    { confidence: 1 },
    "profileType",
    "profileType must be one of employee, freelancer, sole_proprietor, company, mixed.",
  ],
  [
    "POST",
    `/api/users/${userId}/tax-profile/corrections`,
    { field: "name" },
    "field",
    "field must be one of profileType, isVatRegistered, annualTurnover.",
  ],
])("%s %s with a wrong %s", async (method, path, body, field, error) => {
  await start("api");
  expect(await send(path, method, body)).toEqual([400, { error, field }]);
});

test("insights are triggered by the administrator only", async () => {
  await start("api");
  const error = "Send Authorization: Bearer with the value of ADMIN_TOKEN.";
  expect(await send("/api/admin/trigger-insights", "POST", {})).toEqual([401, { error }]);
  expect(await send("/api/admin/trigger-insights", "POST", {}, "adm")).toEqual([401, { error }]);
  expect(await send("/api/admin/trigger-insights", "POST", { month: "2026-13" }, "admin")).toEqual([
    400,
    { error: "month must be a month as YYYY-MM.", field: "month" },
  ]);
});

test("the functions need no database, but the key", async () => {
  await start("functions");
  expect((await send("/ready"))[0]).toBe(200);
  const path = "/functions/v1/vat-calculator";
  expect(await send(path, "POST", { amount: 100 }, "wrong")).toEqual([
    401,
    { error: "Send Authorization: Bearer with the value of SUPABASE_ANON_KEY." },
  ]);
  expect(await send(path, "POST", { amount: 100 }, "anon")).toMatchObject([200, { grossAmount: 107.5, standIn: true }]);
});

test.each([
  ["2026-11-20T00:00:00Z", "2026-10"],
  ["2026-01-01T00:00:00Z", "2025-12"],
  ["2026-03-31T23:59:59Z", "2026-02"],
])("the month before %s is %s", (now, month) => {
  expect(lastMonth(new Date(now))).toBe(month);
});
