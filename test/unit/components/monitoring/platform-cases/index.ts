import type { AlertCases } from "../../../../support/alerts/alert-case";
import { archiveCases, dumpCases } from "./backups";
import { cloudnativepg, postgresExporter, redisCases } from "./databases";
import { kubernetesCases } from "./kubernetes";
import { maintenanceCases } from "./maintenance";
import { reachabilityCases } from "./reachability";

export { commandCases } from "./commands";

const common: AlertCases = {
  ...{ ...dumpCases, ...redisCases, ...kubernetesCases },
  ...{ ...reachabilityCases, ...maintenanceCases },
};

/** Cases of the platform's alerts, with a database of CloudNativePG. */
export const cloudnativepgCases: AlertCases = { ...common, ...archiveCases, ...cloudnativepg };

/** Cases of the platform's alerts, with a database that Runsheet does not run. */
export const postgresExporterCases: AlertCases = { ...common, ...postgresExporter };
