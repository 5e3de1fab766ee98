/** The alerts of the systems that Runsheet knows. */
import type { SystemAlerts } from "../components/monitoring/system-rules";
import { aiBackendAlerts, type RequestMetrics } from "./ai-backend/alerts";
import { muedAlerts } from "./mued/alerts";
import { omniopsAlerts } from "./omniops/alerts";
import { pmAlerts } from "./pm/alerts";
import { prismAlerts } from "./prism/alerts";

/**
 * Alerts by the system's name, each for the namespace that the system has in a stack. The AI Backend's settings say which
 * metrics its application has: `objectives`.
 */
export const systemAlerts: Readonly<Record<string, (namespace: string, metrics?: RequestMetrics) => SystemAlerts>> = {
  prism: prismAlerts,
  omniops: omniopsAlerts,
  mued: muedAlerts,
  pm: pmAlerts,
  "ai-backend": aiBackendAlerts,
};
