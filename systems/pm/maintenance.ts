/**
 * The flag of "Enable Maintenance Mode". The runbook's key has no prefix, so that another application on the same Redis
 * could take it for its own.
 */
export const maintenanceFlag = "pm:maintenance_mode";
