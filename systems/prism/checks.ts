/** Checks of PRISM's runbook before and after the deployment, with the expected answers. */
import type { Check, Cleanup, Expected } from "../../components/checks";
import { existingSchema, postgresAtLeast, redisAtLeast } from "../../components/system/prerequisites";
import { isStandIn, type Declared } from "../../components/system/settings";
import { staysUp } from "../../components/system/stay-up";
import { classifier, type PrismSettings } from "./settings";

/** The tables that the runbook assumes are there, "existing PRISM schema", and Supabase's users. */
export const existingTables = { own: ["public.businesses", "public.invoices"], referenced: ["auth.users"] };

/** "Pre-Deployment Checklist: Environment Requirements". */
export const prerequisites = (settings: PrismSettings): readonly Check[] => [
  postgresAtLeast(14, "prism"),
  existingSchema("PRISM", "prism", [...existingTables.referenced, ...existingTables.own]),
  {
    name: "what Supabase provides",
    sql: "SELECT to_regprocedure('auth.uid()') IS NOT NULL AS auth_uid",
    row: { auth_uid: true },
    hint: "The policies of row security ask auth.uid(), which Supabase provides: point prism:postgres at its database.",
    withinSeconds: 0,
  },
  ...smokeTestRows(settings),
  // BullMQ recommends 6.2, and works with 5.
  redisAtLeast("6", "[6-9]|\\d\\d", "prism", settings.redis),
];

/** The business that the runbook's classifier is asked about, and the user in whose name the stand-in writes rows. */
function smokeTestRows({ smokeTest, ...settings }: PrismSettings): Check[] {
  const { userId, businessId = ofBaseline } = smokeTest;
  const business = `EXISTS (SELECT FROM public.businesses WHERE id = '${businessId}') AS business`;
  if (isStandIn(settings))
    return [
      {
        name: "the smoke tests' user and business",
        sql: `SELECT EXISTS (SELECT FROM auth.users WHERE id = '${userId}') AS user, ${business}`,
        row: { user: true, business: true },
        hint: "The smoke tests write and remove rows in their name: create both, or set prism:smokeTest to some that are nobody's.",
        withinSeconds: 0,
      },
    ];
  if (smokeTest.businessId === undefined) return [];
  return [
    {
      name: "the smoke tests' business",
      sql: `SELECT ${business}`,
      row: { business: true },
      hint: "The business classifier is asked about it: create it, or set prism:smokeTest.businessId to another.",
      withinSeconds: 0,
    },
  ];
}

/** The business of the baseline. */
const ofBaseline = "00000000-0000-4000-8000-000000000002";

/** The workers and functions of the application have no probes; those of the stand-in have. */
export const steadiness = (settings: PrismSettings): readonly Check[] => (isStandIn(settings) ? [] : [staysUp([])]);

/**
 * "Post-Deployment Verification" and "Verify Deployments", with a clean-up of what the tests write. The runbook tests
 * feedback, insights and profiles with the application's own tests, and names no requests: those are the stand-in's.
 */
export function smokeTests(prism: Declared<PrismSettings>): { checks: readonly Check[]; cleanup: readonly Cleanup[] } {
  const { settings } = prism;
  const smokeTest = { businessId: ofBaseline, ...settings.smokeTest };
  const ofRunbook = [...healthChecks(settings), ...functionChecks(settings)];
  if (!isStandIn(settings)) return { checks: ofRunbook, cleanup: [] };
  return {
    checks: [
      ...ofRunbook,
      ...(prism.has("ai_feedback") ? feedback(smokeTest) : []),
      ...(prism.has("user_insights") ? insights(smokeTest) : []),
      ...(prism.has("user_tax_profiles") ? profile(smokeTest) : []),
    ],
    cleanup: [
      ...(prism.has("ai_feedback") ? [removed("feedback", ["feedback is accepted"], "ai_feedback", smokeTest)] : []),
      ...(prism.has("user_insights")
        ? [removed("insights", ["insights are triggered"], "user_insights", smokeTest)]
        : []),
      ...(prism.has("user_tax_profiles")
        ? [removed("profile", ["a tax profile is stored", "a profile is corrected"], "user_tax_profiles", smokeTest)]
        : []),
    ],
  };
}

/** "Health Checks". */
function healthChecks(settings: PrismSettings): Check[] {
  const answer = isStandIn(settings) ? { status: "healthy", release: settings.release } : undefined;
  return [
    { name: "API health", url: "${API_URL}/health", answer },
    { name: "Redis connection", redis: ["PING"], matches: "^PONG$" },
    { name: "database connection", sql: "SELECT 1 AS one", row: { one: 1 } },
  ];
}

/** "Verify Deployments", for the two functions that the runbook tests; with the stand-in for all four, with their answers. */
function functionChecks({ smokeTest, ...settings }: PrismSettings): Check[] {
  const { businessId = ofBaseline } = smokeTest;
  const request = (name: string, body: Expected, answer: Expected, withinSeconds?: number): Check => ({
    name,
    url: `\${FUNCTIONS_URL}/functions/v1/${name}`,
    headers: { Authorization: "Bearer ${SUPABASE_ANON_KEY}" },
    body,
    answer: isStandIn(settings) ? answer : undefined,
    withinSeconds,
  });
  const tested = [
    request(
      "income-tax-calculator",
      { monthlyIncome: 500000 },
      { monthlyTax: "<number>", annualTax: "<number>", bands: "<array>" },
      // It computes, and writes nothing. The functions have no probes, and may have only just begun to serve.
      20,
    ),
    request(
      classifier,
      { businessId, annualTurnover: 50000000 },
      { businessId, classification: "<string>", confidence: "<number>" },
    ),
  ];
  if (!isStandIn(settings)) return tested;
  return [
    ...tested,
    request("vat-calculator", { amount: 1000 }, { rate: 0.075, netAmount: 1000, vatAmount: 75, grossAmount: 1075 }),
    request(
      "anti-avoidance-check",
      { transactionValue: 1000000 },
      { riskLevel: "<string>", requiresReview: "<boolean>", flags: "<array>" },
    ),
  ];
}

type SmokeTestRows = Required<PrismSettings["smokeTest"]>;

/** Feedback: what is posted is in ai_feedback. */
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

/** Insights, as "Manually trigger insights" asks for them: the worker writes user_insights. */
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

/** Tax profiles: a profile and its correction are in the database. */
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
function removed(area: string, of: readonly string[], table: string, { userId }: SmokeTestRows): Cleanup {
  return {
    name: `${area} of the test is removed`,
    of,
    sql: `DELETE FROM ${table} WHERE user_id = '${userId}'`,
    withinSeconds: 5,
  };
}
