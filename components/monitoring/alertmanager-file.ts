/** Routes of several systems as one ordinary configuration of Alertmanager, as the operator would make it. */
import { stringify } from "yaml";
import type { Receiver, SecretKey } from "./receivers";
import type { AlertmanagerConfigSpec, InhibitRule, Matcher, Route } from "./routes";

/**
 * Text of alertmanager.yml, as the operator makes it with the matcher strategy None: it adds `continue` and the namespace
 * before the receivers' names, and no matcher. `specs` are by namespace. A secret is a file:
 * /etc/alertmanager/secrets/NAME/KEY.
 */
export function alertmanagerFile(specs: Readonly<Record<string, AlertmanagerConfigSpec>>): string {
  const all = Object.entries(specs);
  const configuration = {
    route: {
      receiver: nobody,
      routes: all.map(([namespace, { route }]) => ({
        ...ordinaryRoute(route, namespace),
        continue: true,
      })),
    },
    receivers: [
      { name: nobody },
      ...all.flatMap(([namespace, { receivers }]) => receivers.map((each) => ordinaryReceiver(each, namespace))),
    ],
    inhibit_rules: all.flatMap(([, { inhibitRules }]) => inhibitRules.map(ordinaryInhibition)),
  };
  return stringify(configuration, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Receiver of alerts that belong to no system. */
const nobody = "nobody";

const matcherText = ({ name, matchType, value }: Matcher) => `${name}${matchType}${JSON.stringify(value)}`;

const ordinaryRoute = (route: Route, namespace: string): object => ({
  receiver: `${namespace}/${route.receiver}`,
  ...(route.matchers && { matchers: route.matchers.map(matcherText) }),
  group_by: route.groupBy,
  group_wait: route.groupWait,
  group_interval: route.groupInterval,
  repeat_interval: route.repeatInterval,
  ...(route.routes && { routes: route.routes.map((each) => ordinaryRoute(each, namespace)) }),
});

const ordinaryInhibition = ({ sourceMatch, targetMatch, equal }: InhibitRule) => ({
  source_matchers: sourceMatch.map(matcherText),
  target_matchers: targetMatch.map(matcherText),
  equal,
});

const ordinaryReceiver = (each: Receiver, namespace: string) => ({
  name: `${namespace}/${each.name}`,
  ...(each.pagerdutyConfigs && {
    pagerduty_configs: each.pagerdutyConfigs.map(({ routingKey, sendResolved, details, ...more }) => ({
      ...more,
      routing_key_file: fileOf(routingKey),
      send_resolved: sendResolved,
      details: asMap(details),
    })),
  }),
  ...(each.slackConfigs && {
    slack_configs: each.slackConfigs.map(({ apiURL, sendResolved, ...more }) => ({
      ...more,
      api_url_file: fileOf(apiURL),
      send_resolved: sendResolved,
    })),
  }),
  ...(each.emailConfigs && {
    email_configs: each.emailConfigs.map(
      ({ authUsername, authPassword, requireTLS, sendResolved, headers, ...more }) => ({
        ...more,
        ...(authPassword && { auth_username: authUsername, auth_password_file: fileOf(authPassword) }),
        require_tls: requireTLS,
        send_resolved: sendResolved,
        headers: asMap(headers),
      }),
    ),
  }),
});

const fileOf = ({ name, key }: SecretKey) => `/etc/alertmanager/secrets/${name}/${key}`;

const asMap = (pairs: readonly { key: string; value: string }[]) =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
