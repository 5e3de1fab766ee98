/** Maintenance mode that is a key in Redis: how redis_exporter tells it, and the alert on one that nobody ended. */
import type { Files } from "../kubernetes/mounted-files";
import type { Alert } from "./alert";

/** Name of the script's file. */
export const maintenanceScriptName = "maintenance.lua";

/**
 * Script of redis_exporter with the metric `redis_script_values{key="maintenance:KEY"}`: 1 while the key is there, else 0.
 * The exporter's own `--check-single-keys` writes an error to its log at each scrape while a key is not there.
 */
export const maintenanceScript = (keys: readonly string[]): Files => ({
  [maintenanceScriptName]: `return {${keys.map(ofKey).join(", ")}}\n`,
});

const prefix = "maintenance:";

const ofKey = (key: string) => `${quoted(prefix + key)}, tostring(redis.call("EXISTS", ${quoted(key)}))`;

/** Writes a text as Lua does. */
const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** Alert on a maintenance mode that nobody ended. It never fires for a system without such a key. */
export const maintenanceAlerts = (namespace: string): Alert[] => [
  {
    name: "MaintenanceModeOnTooLong",
    expr: `max by (key) (redis_script_values{namespace="${namespace}",key=~"${prefix}.+"}) == 1`,
    for: "2h",
    severity: "warning",
    summary: "The maintenance mode has been on for too long: users get 503.",
    description: "The maintenance mode has been on for two hours ({{ $labels.key }} in Redis is {{ $value }}).",
    threshold: "on",
    heading: "Maintenance mode on for too long",
  },
];
