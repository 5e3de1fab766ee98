/** Receivers of Alertmanager: who gets a message, and the messages themselves. */
import { channels, type Channel } from "./alert";

/** Key of a Secret in the system's namespace. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** Channels that a stack has. */
export interface Receivers {
  readonly pagerduty?: {
    /** Integration key of the Events API v2. */
    readonly routingKey: SecretKey;
    /** URL of the Events API. Default: PagerDuty's. */
    readonly url?: string;
  };
  readonly slack?: {
    /** URL of an incoming webhook. */
    readonly webhookUrl: SecretKey;
    /** Channel, such as #engineering. Default: the webhook's. */
    readonly channel?: string;
  };
  readonly email?: {
    readonly to: string;
    readonly from: string;
    /** Host and port of the SMTP server: smtp.example.com:587. */
    readonly smarthost: string;
    /** Login. Default: none. */
    readonly login?: { readonly username: string; readonly password: SecretKey };
    /** Requires STARTTLS. Default: true. */
    readonly requireTls?: boolean;
  };
}

/**
 * Returns the head of a message: CRITICAL: pm in production, PmErrorRateHigh. It names what fires, and once all is over
 * what is over. The stack's name is in the text, for a Prometheus of others has no label with it.
 */
export const messageTitle = (stack: string): string =>
  '{{ if eq .Status "firing" }}{{ .CommonLabels.severity | toUpper }}{{ else }}RESOLVED{{ end }}: ' +
  `{{ .CommonLabels.system }} in ${stack}, ` +
  "{{ range $index, $alert := or .Alerts.Firing .Alerts }}{{ if $index }}, {{ end }}" +
  "{{ $alert.Labels.alertname }}{{ end }}";

/**
 * Paragraph for each alert of a message: what it is, the value, and where the runbook is. One that is over has the value
 * of its last moment, which is left out.
 */
export const messageText =
  "{{ range .Alerts.Firing }}{{ .Annotations.summary }} {{ .Annotations.description }}\n" +
  "{{ with .Annotations.runbook_url }}{{ . }}\n{{ end }}{{ end }}" +
  "{{ range .Alerts.Resolved }}Over: {{ .Annotations.summary }}\n{{ end }}";

/** Severity for PagerDuty, which refuses an event with one that it does not know. */
export const pagerdutySeverity =
  '{{ if match "^(critical|error|warning|info)$" .CommonLabels.severity }}{{ .CommonLabels.severity }}{{ else }}error{{ end }}';

/** Channels of an alert that the stack has. If it has none of them, all that it has: no alert is lost. */
export function reachable(wanted: readonly Channel[], receivers: Receivers): readonly Channel[] {
  const there = channels.filter((channel) => receivers[channel] !== undefined);
  const both = there.filter((channel) => wanted.includes(channel));
  return both.length > 0 ? both : there;
}

/** Receiver `name` of the stack for `of`, in the form of the operator's AlertmanagerConfig (v1alpha1). */
export const receiver = (
  name: string,
  of: readonly Channel[],
  { pagerduty, slack, email }: Receivers,
  stack: string,
) => {
  const title = messageTitle(stack);
  return {
    name,
    ...(pagerduty && of.includes("pagerduty") && { pagerdutyConfigs: [pagerdutyConfig(pagerduty, title)] }),
    ...(slack && of.includes("slack") && { slackConfigs: [slackConfig(slack, title)] }),
    ...(email && of.includes("email") && { emailConfigs: [emailConfig(email, title)] }),
  };
};

export type Receiver = ReturnType<typeof receiver>;

const pagerdutyConfig = ({ routingKey, url }: NonNullable<Receivers["pagerduty"]>, title: string) => ({
  routingKey,
  ...(url !== undefined && { url }),
  sendResolved: true,
  client: "Runsheet",
  severity: pagerdutySeverity,
  description: title,
  details: [{ key: "alerts", value: messageText }],
});

const slackConfig = ({ webhookUrl, channel }: NonNullable<Receivers["slack"]>, title: string) => ({
  apiURL: webhookUrl,
  ...(channel !== undefined && { channel }),
  sendResolved: true,
  color:
    '{{ if eq .Status "resolved" }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}',
  title,
  text: messageText,
});

const emailConfig = (
  { to, from, smarthost, login, requireTls = true }: NonNullable<Receivers["email"]>,
  title: string,
) => ({
  to,
  from,
  smarthost,
  ...(login && { authUsername: login.username, authPassword: login.password }),
  requireTLS: requireTls,
  sendResolved: true,
  headers: [{ key: "Subject", value: title }],
  text: messageText,
  html: "",
});
