import type { AlertCases } from "../../../support/alerts/alert-case";
import { aiBackendCases } from "./ai-backend";
import { muedCases } from "./mued";
import { omniopsCases } from "./omniops";
import { pmCases } from "./pm";
import { prismCases } from "./prism";

/** Cases of each system's own alerts. Those of the platform's are in components/monitoring/platform-cases.ts. */
export const systemCases: Readonly<Record<string, AlertCases>> = {
  prism: prismCases,
  omniops: omniopsCases,
  mued: muedCases,
  pm: pmCases,
  "ai-backend": aiBackendCases,
};
