/** Checks of PRISM's runbook before and after the deployment, with the expected answers. */
import type { Check, Expected } from "../../components/checks";
import { existingSchema, postgresAtLeast, redisAtLeast } from "../../components/system/prerequisites";
import type { System } from "../../components/system";
import type { PrismSettings } from "./settings";

/** The tables that the runbook assumes are there, "existing PRISM schema", and Supabase's users. */
export const existingTables = { own: ["public.businesses", "public.invoices"], referenced: ["auth.users"] };

/** "Pre-Deployment Checklist: Environment Requirements". */
export const prerequisites = ({ smokeTest }: PrismSettings): readonly Check[] => [
  postgresAtLeast(14, "prism"),
  existingSchema("PRISM", "prism", [...existingTables.referenced, ...existingTables.own]),
  {
    name: "what Supabase provides",
    sql: "SELECT to_regprocedure('auth.uid()') IS NOT NULL AS auth_uid",
    row: { auth_uid: true },
    hint: "The policies of row security ask auth.uid(), which Supabase provides: point prism:postgres at its database.",
    withinSeconds: 0,
  },
  {
    name: "the smoke tests' user and business",
    sql: `SELECT EXISTS (SELECT FROM auth.users WHERE id = '${smokeTest.userId}') AS user, EXISTS (SELECT FROM public.businesses WHERE id = '${smokeTest.businessId}') AS business`,
    row: { user: true, business: true },
    hint: "The smoke tests write and remove rows in their name: create both, or set prism:smokeTest to some that are nobody's.",
    withinSeconds: 0,
  },
  // BullMQ needs it.
  redisAtLeast("6.2", "6\\.([2-9]|\\d\\d)|[7-9]|\\d\\d", "prism"),
];

/** "Post-Deployment Verification" and "Verify Deployments", with a clean-up of what the tests write. */
export function smokeTests(prism: System<PrismSettings>) {
  const { settings } = prism;
  return {
    checks: [
      ...healthChecks(settings.release),
      ...functionChecks(settings.smokeTest.businessId),
      ...(prism.has("ai_feedback") ? feedback(settings.smokeTest) : []),
      ...(prism.has("user_insights") ? insights(settings.smokeTest) : []),
      ...(prism.has("user_tax_profiles") ? profile(settings.smokeTest) : []),
    ],
    cleanup: [
      ...(prism.has("ai_feedback") ? [removed("feedback", "ai_feedback", settings.smokeTest)] : []),
      ...(prism.has("user_insights") ? [removed("insights", "user_insights", settings.smokeTest)] : []),
      ...(prism.has("user_tax_profiles") ? [removed("profile", "user_tax_profiles", settings.smokeTest)] : []),
    ],
  };
}

/** "Health Checks". */
function healthChecks(release: string): Check[] {
  return [
    { name: "API health", url: "${API_URL}/health", answer: { status: "healthy", release } },
    { name: "Redis connection", redis: ["PING"], matches: "^PONG$" },
    { name: "database connection", sql: "SELECT 1 AS one", row: { one: 1 } },
  ];
}

/** "Verify Deployments", for all four functions; the runbook's own requests for the two that it tests. */
function functionChecks(businessId: string): Check[] {
  const request = (name: string, body: Expected, answer: Expected): Check => ({
    name,
    url: `\${FUNCTIONS_URL}/functions/v1/${name}`,
    headers: { Authorization: "Bearer ${SUPABASE_ANON_KEY}" },
    body,
    answer,
  });
  return [
    request(
      "income-tax-calculator",
      { monthlyIncome: 500000 },
      { monthlyTax: "<number>", annualTax: "<number>", bands: "<array>" },
    ),
    request("vat-calculator", { amount: 1000 }, { rate: 0.075, netAmount: 1000, vatAmount: 75, grossAmount: 1075 }),
    request(
      "business-classifier",
      { businessId, annualTurnover: 50000000 },
      { businessId, classification: "<string>", confidence: "<number>" },
    ),
    request(
      "anti-avoidance-check",
      { transactionValue: 1000000 },
      { riskLevel: "<string>", requiresReview: "<boolean>", flags: "<array>" },
    ),
  ];
}

type SmokeTestRows = PrismSettings["smokeTest"];

/** "Run specific Phase 5 tests: feedback": what is posted is in ai_feedback. */
function feedback({ userId, businessId }: SmokeTestRows): Check[] {
  const body = {
    userId,
    businessId,
    entityType: "business",
    field: "category",
    aiPrediction: "transport",
    userCorrection: "office",
    confidence: 0.6,
  };
  return [
    {
      name: "feedback is accepted",
      url: "${API_URL}/api/feedback",
      body,
      status: 201,
      answer: { id: "<uuid>" },
      capture: { feedbackId: "id" },
    },
    {
      name: "feedback is in the database",
      sql: "SELECT user_id FROM ai_feedback WHERE id = ${feedbackId}",
      row: { user_id: userId },
      withinSeconds: 0,
    },
  ];
}

/** "Manually trigger insights": the worker writes user_insights. */
function insights({ userId }: SmokeTestRows): Check[] {
  const headers = { Authorization: "Bearer ${ADMIN_TOKEN}" };
  const body = { userId, month: "2000-01" };
  return [
    {
      name: "insights are triggered",
      url: "${API_URL}/api/admin/trigger-insights",
      headers,
      body,
      status: 202,
      answer: { jobId: "<string>" },
    },
    {
      name: "insights are in the database",
      sql: `SELECT count(*) > 0 AS written FROM user_insights WHERE user_id = '${userId}' AND month = '2000-01-01'`,
      row: { written: true },
      withinSeconds: 60,
      hint: "The worker prism-monthly-insights writes them: look at its log.",
    },
    { name: "insights are served", url: `\${API_URL}/api/insights?userId=${userId}`, answer: { insights: "<array>" } },
  ];
}

/** "User Tax Profile Detection": a profile and its correction are in the database. */
function profile({ userId }: SmokeTestRows): Check[] {
  const path = `\${API_URL}/api/users/${userId}/tax-profile`;
  return [
    {
      name: "a tax profile is stored",
      url: path,
      method: "PUT",
      body: { profileType: "freelancer", confidence: 0.9 },
      answer: { profileType: "freelancer" },
    },
    {
      name: "a profile is corrected",
      url: `${path}/corrections`,
      body: { field: "profileType", correctedValue: "company" },
      status: 201,
      withinSeconds: 0,
    },
    {
      name: "the correction is in the database",
      sql: `SELECT detected_value, corrected_value FROM profile_corrections WHERE user_id = '${userId}' ORDER BY created_at DESC LIMIT 1`,
      row: { detected_value: "freelancer", corrected_value: "company" },
      withinSeconds: 0,
    },
  ];
}

/** Takes away what the tests wrote in the name of their own user. */
function removed(area: string, table: string, { userId }: SmokeTestRows): Check {
  return {
    name: `${area} of the test is removed`,
    sql: `DELETE FROM ${table} WHERE user_id = '${userId}'`,
    withinSeconds: 5,
  };
}
