/** The keys of `runsheet:monitoring` that say who gets alerts, and when a backup, a search for drift or a drill is too old. */
import { z } from "zod";
import type { Receivers } from "./receivers";
import { nonEmpty } from "./setting-values";

const hours = (value: number, what: string) =>
  z.int().min(1).default(value).describe(`Age in hours from which ${what} is too old.`);

/** Age of what has no alert unless the stack promises it. */
const promised = (example: number, description: string) =>
  z
    .int()
    .min(1)
    .optional()
    .meta({ description, examples: [example] });

/** Keys of both engines. */
export const alertSettings = {
  receivers: z
    .strictObject({
      pagerduty: z
        .strictObject({
          url: z
            .url({ protocol: /^https?$/ })
            .optional()
            .meta({
              description: "URL of the Events API v2. Default: PagerDuty's.",
              examples: ["https://events.eu.pagerduty.com/v2/enqueue"],
            }),
        })
        .optional()
        .describe("PagerDuty. Its integration key is the secret `runsheet:pagerdutyRoutingKey`. Default: none."),
      slack: z
        .strictObject({
          channel: nonEmpty
            .optional()
            .meta({ description: "Channel. Default: the webhook's.", examples: ["#engineering"] }),
        })
        .optional()
        .describe("Slack. Its incoming webhook is the secret `runsheet:slackWebhookUrl`. Default: none."),
      email: z
        .strictObject({
          to: nonEmpty.meta({ description: "Recipient.", examples: ["alerts@example.com"] }),
          from: nonEmpty.meta({ description: "Sender.", examples: ["runsheet@example.com"] }),
          smarthost: z
            .string()
            .regex(/^[^\s:/]+:\d{1,5}$/, "must be HOST:PORT, such as smtp.example.com:587")
            .meta({ description: "SMTP server.", examples: ["smtp.example.com:587"] }),
          username: nonEmpty.optional().meta({
            description: "User at the server. The password is the secret `runsheet:emailPassword`. Default: no login.",
            examples: ["runsheet"],
          }),
          requireTls: z.boolean().default(true).describe("Whether STARTTLS is required."),
        })
        .optional()
        .describe("E-mail. Default: none."),
    })
    .default({})
    .meta({
      description:
        "Who gets alerts. Each alert goes to the channels that its runbook names, as far as they are here; otherwise to all " +
        "that are. Default: nobody, and alerts are seen in Prometheus and Alertmanager alone.",
      examples: [{ slack: {}, pagerduty: {} }],
    }),
  runbookUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      description:
        "URL of a copy of this repository's files, for the link of each alert to its runbook. Default: no link.",
      examples: ["https://git.example.com/platform/runsheet/blob/main"],
    }),
  promises: z
    .strictObject({
      baseBackupHours: hours(7, "the newest base backup"),
      dumpHours: hours(26, "the last successful dump"),
      restoreTestHours: hours(32, "the last successful restore test"),
      driftHours: promised(
        24,
        "Age in hours from which the last search for drift is too old. Set it where `npm run drift` writes its metric on a " +
          "schedule. Default: no alert on drift.",
      ),
      drillDays: promised(
        35,
        "Age in days from which the last drill that met its objectives is too old. Set it where `npm run drill -- history` " +
          "writes its metrics on a schedule. Default: no alert on drills.",
      ),
    })
    .prefault({})
    .describe(
      "Ages that backups, searches for drift and drills may have. The defaults fit the default schedules of `runsheet:backups`.",
    ),
};

type ReceiverSettings = z.infer<typeof alertSettings.receivers>;

/** Secret keys of the stack's configuration for the receivers, with their descriptions. */
export const receiverKeys = {
  pagerdutyRoutingKey: "Integration key of `monitoring.receivers.pagerduty`, of the Events API v2.",
  slackWebhookUrl: "Incoming webhook of `monitoring.receivers.slack`.",
  emailPassword: "Password of `monitoring.receivers.email.username`.",
} as const;

/** Secret key of each receiver that the settings have. */
export const keysOfReceivers = ({ pagerduty, slack, email }: ReceiverSettings): (keyof typeof receiverKeys)[] => [
  ...(pagerduty ? (["pagerdutyRoutingKey"] as const) : []),
  ...(slack ? (["slackWebhookUrl"] as const) : []),
  ...(email?.username === undefined ? [] : (["emailPassword"] as const)),
];

/** Name of the Secret with the receivers' keys, one in each system's namespace. */
export const receiversSecret = "alert-receivers";

/** Receivers of the settings, whose keys are in the Secret. */
export function receiversOf({ pagerduty, slack, email }: ReceiverSettings): Receivers {
  const key = (name: keyof typeof receiverKeys) => ({ name: receiversSecret, key: name });
  const { username, ...message } = email ?? {};
  return {
    ...(pagerduty && { pagerduty: { ...pagerduty, routingKey: key("pagerdutyRoutingKey") } }),
    ...(slack && { slack: { ...slack, webhookUrl: key("slackWebhookUrl") } }),
    ...(email && {
      email: {
        ...(message as Omit<typeof email, "username">),
        ...(username !== undefined && { login: { username, password: key("emailPassword") } }),
      },
    }),
  };
}
