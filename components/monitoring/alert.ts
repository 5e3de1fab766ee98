/** Alerts as the systems and the platform declare them. alert-rules.ts makes Prometheus' rules of them. */

/** Severities in the field's words: a page, a message to the team, and a note. */
export const severities = ["critical", "warning", "info"] as const;
export type Severity = (typeof severities)[number];

/** Ways to reach people. */
export const channels = ["pagerduty", "slack", "email"] as const;
export type Channel = (typeof channels)[number];

/** Channels of the alerts whose runbook names none, by severity. */
export type ChannelsBySeverity = Readonly<Record<Severity, readonly Channel[]>>;

/** Everything of an alert but its condition: words, and who gets them. */
export interface AlertNotice {
  /**
   * Name in CamelCase, with the system or the subject first. Alerts of one fault in several severities share a name: the
   * graver one then mutes the other.
   */
  readonly name: string;
  /** Duration for which the condition must hold, as Prometheus writes it: 5m. */
  readonly for: string;
  readonly severity: Severity;
  /** Sentence without a value, the same for each firing. */
  readonly summary: string;
  /** Sentence with the value, as a template of Prometheus. */
  readonly description: string;
  /** Threshold in words, for the documentation: above 5 % of the requests. */
  readonly threshold: string;
  /** Heading of the runbook document that says what is watched, or what to do. */
  readonly heading: string;
  /** Channels that the runbook names for this alert. Default: those of the severity. */
  readonly channels?: readonly Channel[];
  /**
   * `cause`: explains alerts of the same system that are a `symptom`, and mutes them. Default: neither.
   */
  readonly role?: "cause" | "symptom";
  /** More labels, for alerts that differ in nothing else. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Values that the runbook does not give, and that are Runsheet's. Default: all are the runbook's. */
  readonly ours?: readonly ("alert" | "threshold" | "duration" | "severity")[];
}

/** Alert on metrics. Alerts on logs are in log-alert.ts. */
export interface Alert extends AlertNotice {
  /** Condition in PromQL. Each selector has the namespace, since several stacks share a Prometheus. */
  readonly expr: string;
}

/** Names an alert among all of a system: those of one name differ in severity or labels. */
export const keyOf = ({ name, severity, labels = {} }: AlertNotice): string =>
  [name, severity, ...Object.values(labels)].join("/");
