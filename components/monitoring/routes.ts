/** Routes from alerts to receivers: the spec of the operator's AlertmanagerConfig, version v1alpha1. */
import { severities, type AlertNotice, type Channel, type ChannelsBySeverity, type Severity } from "./alert";
import { channelsLabel, channelsOf } from "./alert-rules";
import { reachable, receiver, type Receiver, type Receivers } from "./receivers";

export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly matchType: "=" | "=~";
}

export interface Route {
  readonly receiver: string;
  readonly matchers?: readonly Matcher[];
  readonly groupBy: readonly string[];
  readonly groupWait: string;
  readonly groupInterval: string;
  readonly repeatInterval: string;
  readonly routes?: readonly Route[];
}

export interface InhibitRule {
  readonly sourceMatch: readonly Matcher[];
  readonly targetMatch: readonly Matcher[];
  readonly equal: readonly string[];
}

export interface AlertmanagerConfigSpec {
  readonly route: Route;
  readonly receivers: readonly Receiver[];
  readonly inhibitRules: readonly InhibitRule[];
}

/**
 * Routes of the alerts of a system, whose namespace and stack are given, by their severity and their channels. They name the namespace themselves, and so do
 * the inhibitions: the operator does it with one of its matcher strategies only, and each configuration is asked about
 * every alert.
 *
 * Throws if the stack has no receiver.
 */
export function alertmanagerConfigSpec(
  alerts: readonly AlertNotice[],
  bySeverity: ChannelsBySeverity,
  receivers: Receivers,
  { namespace, stack }: { readonly namespace: string; readonly stack: string },
): AlertmanagerConfigSpec {
  const all = reachable([], receivers);
  if (all.length === 0) throw new Error("alerts need a receiver: configure one of pagerduty, slack or email");
  const wanted = severities.flatMap((severity) =>
    channelsIn(alerts, severity, bySeverity).map((of) => ({ severity, of, by: reachable(of, receivers) })),
  );
  const used = new Map([all, ...wanted.map(({ by }) => by)].map((by) => [channelsLabel(by), by]));
  return {
    // An alert of somebody else in the namespace has no label for a route below.
    route: {
      receiver: channelsLabel(all),
      matchers: [equals("namespace", namespace)],
      ...timing.warning,
      routes: wanted.map(({ severity, of, by }) => ({
        receiver: channelsLabel(by),
        matchers: [equals("severity", severity), equals("channels", channelsLabel(of))],
        ...timing[severity],
      })),
    },
    receivers: [...used].map(([name, by]) => receiver(name, by, receivers, stack)),
    inhibitRules,
  };
}

const equals = (name: string, value: string): Matcher => ({ name, value, matchType: "=" });

/** A critical fault is one page for a system, however many alerts it has. Others are told by their name. */
const timing: Readonly<Record<Severity, Omit<Route, "receiver">>> = {
  critical: { groupBy: ["namespace"], groupWait: "30s", groupInterval: "5m", repeatInterval: "4h" },
  warning: { groupBy: ["namespace", "alertname"], groupWait: "30s", groupInterval: "5m", repeatInterval: "12h" },
  info: { groupBy: ["namespace", "alertname"], groupWait: "5m", groupInterval: "30m", repeatInterval: "24h" },
};

/** Labels by which alerts of one name are told from each other: another objective, another address. */
const ofOneFault = ["namespace", "alertname", "slo", "instance"];

/** Rules that mute an alert: one of the same name is graver, or the cause of it is known. */
const inhibitRules: readonly InhibitRule[] = [
  {
    sourceMatch: [equals("severity", "critical")],
    targetMatch: [{ name: "severity", value: "warning|info", matchType: "=~" }],
    equal: ofOneFault,
  },
  {
    sourceMatch: [equals("severity", "warning")],
    targetMatch: [equals("severity", "info")],
    equal: ofOneFault,
  },
  {
    sourceMatch: [equals("role", "cause")],
    targetMatch: [equals("role", "symptom")],
    equal: ["namespace"],
  },
];

/** Distinct channels of the alerts of a severity. */
function channelsIn(
  alerts: readonly AlertNotice[],
  severity: Severity,
  bySeverity: ChannelsBySeverity,
): (readonly Channel[])[] {
  const of = alerts.filter((alert) => alert.severity === severity).map((alert) => channelsOf(alert, bySeverity));
  return [...new Map(of.map((each) => [channelsLabel(each), each])).values()];
}
