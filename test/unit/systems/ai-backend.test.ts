import type { HttpCheck } from "../../../components/checks/check";
import { smokeTests } from "../../../systems/ai-backend/checks";
import { aiBackendConfiguration } from "../../../systems/ai-backend/settings";

const settings = (features: Record<string, boolean>) =>
  aiBackendConfiguration.settings.parse({
    release: "1.0.0",
    application: { standIn: true },
    postgres: { engine: "cloudnativepg" },
    redis: { engine: "kubernetes" },
    features,
  });

/** Metrics that the smoke tests require. */
function metrics(features: Record<string, boolean>): string[] {
  const { checks } = smokeTests(settings(features));
  return (checks.find(({ name }) => name === "/metrics") as HttpCheck).metrics!.map(({ metric }) => metric);
}

test("without any feature there is no model whose accuracy could be asked for", () => {
  const off = { fraudDetection: false, predictiveAnalytics: false, complianceChecking: false, nlpInvoice: false };
  expect(metrics(off)).not.toContain("ai_backend_model_accuracy");
  expect(metrics({ ...off, nlpInvoice: true })).toContain("ai_backend_model_accuracy");
});

test("the models' directory is read-only", () => {
  const { problems } = aiBackendConfiguration;
  const plain = settings({});
  const service = { ...plain.workloads["ai-backend"], writable: { "/app/models": "1Gi" } };
  expect(problems!({ ...plain, workloads: { "ai-backend": service } }, undefined)).toEqual([
    "workloads.ai-backend.writable has /app/models, which is models.path and read-only; remove it",
  ]);
});
