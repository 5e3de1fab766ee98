import type { AlertCases } from "../../../../support/alerts/alert-case";
import { gauge, steady } from "../../../../support/alerts/levels";
import { warning } from "./channels";

/** Cases of the maintenance mode. */
export const maintenanceCases: AlertCases = {
  "MaintenanceModeOnTooLong/warning": {
    ...warning,
    for: "2h",
    runbook: "every-system.md#maintenance-mode-on-for-too-long",
    description: "The maintenance mode has been on for two hours (maintenance:maintenance_mode in Redis is 1).",
    labels: { key: "maintenance:maintenance_mode" },
    series: { 'redis_script_values{key="maintenance:maintenance_mode"}': gauge(0, 1) },
    traps: [
      {
        title: "another script has the value",
        series: {
          'redis_script_values{key="maintenance:maintenance_mode"}': steady(0),
          'redis_script_values{key="jobs"}': steady(1),
        },
      },
    ],
  },
};
