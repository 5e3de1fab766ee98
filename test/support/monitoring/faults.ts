/** Faults of the systems in the lab, each with the alert that tells of it. */
import { serviceAddress, sql, type System } from "../cluster";
import { secretOf } from "./secrets";
import { setFaults } from "./traffic";

/** A fault, how it is made and mended, and the alert that is expected of it. */
export interface FaultCase {
  readonly system: System;
  readonly alert: string;
  readonly channels: readonly ("pagerduty" | "slack" | "email")[];
  readonly make: () => Promise<unknown>;
  readonly mend: () => Promise<unknown>;
}

const withFaults = (system: System, path: string) => ({
  make: () => setFaults(system, [{ path, status: 500 }]),
  mend: () => setFaults(system, []),
});

export const faults: readonly FaultCase[] = [
  {
    system: "prism",
    alert: "PrismInsightsGenerationFailed",
    channels: ["email"],
    make: async () => {
      await setFaults("prism", [{ path: "job:monthly-insights", status: 500 }]);
      await triggerInsights();
    },
    mend: () => setFaults("prism", []),
  },
  {
    ...{ system: "omniops", alert: "OmniOpsPhase4ErrorRateHigh", channels: ["pagerduty", "slack"] },
    ...withFaults("omniops", "/api/features"),
  },
  {
    ...{ system: "mued", alert: "MuedErrorRateIncreased", channels: ["pagerduty"] },
    make: () => sql("REVOKE SELECT ON plugin_registry FROM mued_app", "mued"),
    mend: () => sql("GRANT SELECT ON plugin_registry TO mued_app", "mued"),
  },
  {
    ...{ system: "pm", alert: "PmErrorRateHigh", channels: ["pagerduty", "slack"] },
    ...withFaults("pm", "/api/signals"),
  },
  {
    ...{ system: "ai-backend", alert: "AiBackendDatabaseUnreachable", channels: ["pagerduty", "slack"] },
    make: () => sql(lockOut("NOLOGIN"), "ai-backend"),
    mend: () => sql("ALTER ROLE ai_backend_app LOGIN", "ai-backend"),
  },
];

/** Mends every fault, also those of an earlier run that was killed. */
export const mendAll = () => Promise.all(faults.map(({ mend }) => mend()));

const lockOut = (attribute: string) =>
  `ALTER ROLE ai_backend_app ${attribute}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ai_backend_app'`;

async function triggerInsights(): Promise<void> {
  const address = await serviceAddress("prism", "prism-api");
  const response = await fetch(`http://${address}:3000/api/admin/trigger-insights`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await secretOf("prism", "ADMIN_TOKEN")}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ userId: "00000000-0000-4000-8000-000000000001", month: "2000-02" }),
  });
  expect(response.status).toBe(202);
}
