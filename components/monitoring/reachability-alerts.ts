/** Alerts on what users reach, from blackbox_exporter. */
import type { Alert } from "./alert";

const day = 86_400;

/** Alerts on a certificate near its end: in two weeks, and in three days. */
export const reachabilityAlerts = (namespace: string): Alert[] =>
  [
    { severity: "critical" as const, days: 3 },
    { severity: "warning" as const, days: 14 },
  ].map(({ severity, days }) => ({
    name: "CertificateExpiresSoon",
    expr: `min by (instance) (probe_ssl_earliest_cert_expiry{namespace="${namespace}"}) - time() < ${days * day}`,
    for: "1h",
    severity,
    summary: "A certificate is near its end, and was not renewed.",
    description: "The certificate of {{ $labels.instance }} ends in {{ $value | humanizeDuration }}.",
    threshold: `less than ${days} days left`,
    heading: "Certificate expires soon",
  }));
