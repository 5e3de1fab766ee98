/** "Monitoring Setup", 2: "Test Sentry integration". */
import { SentryTest } from "../../components/checks/sentry";
import { AppSecrets } from "../../components/kubernetes/app-secrets";
import type { SecretKey } from "../../components/kubernetes/environment";
import type { Step } from "../../components/runbook";
import type { Configured, System } from "../../components/system";
import type { PrismSettings } from "./settings";

const variable = "SENTRY_DSN";

/** Sends the runbook's message to the project that the services report to. */
export function sentryTest(prism: System<PrismSettings>, configured: Configured, step: Step): SentryTest {
  const { namespace, images, settings, triggers } = prism;
  const { release } = settings;
  const message = "Phase 5 deployment verification";
  const text = { message, system: "prism", release, withinSeconds: 20 };
  const args = { namespace, image: images.node, message: text, trigger: triggers.deployment };
  return new SentryTest("prism-sentry-test", { ...args, dsn: dsnOf(prism, configured, step) }, { parent: step });
}

/** The DSN: of the Secret of others where it is there, and else of one for the test alone. */
function dsnOf({ namespace }: System<PrismSettings>, configured: Configured, step: Step): SecretKey {
  const ofOthers = configured.steadySecrets[variable];
  if (ofOthers !== undefined) return ofOthers as SecretKey;
  const values = { [variable]: configured.secretValues[variable]! };
  return new AppSecrets("prism-sentry", { namespace, values }, { parent: step }).key(variable);
}
