import type { AlertCase, AlertCases } from "../../../../support/alerts/alert-case";
import { secondsAgo } from "../../../../support/alerts/levels";
import { critical, warning } from "./channels";

/** Certificate with so many seconds left. */
const certificate = (healthy: number, faulty: number, description: string): AlertCase => ({
  for: "1h",
  channels: "",
  runbook: "every-system.md#certificate-expires-soon",
  description: `The certificate of https://pm.example.com ends in ${description}.`,
  labels: { instance: "https://pm.example.com" },
  series: { 'probe_ssl_earliest_cert_expiry{instance="https://pm.example.com"}': secondsAgo(-healthy, -faulty) },
});

/** Cases of what users reach. */
export const reachabilityCases: AlertCases = {
  "CertificateExpiresSoon/critical": { ...certificate(259_200, 259_140, "2d 23h 59m 0s"), ...critical },
  "CertificateExpiresSoon/warning": { ...certificate(1_209_600, 1_209_540, "13d 23h 59m 0s"), ...warning },
};
