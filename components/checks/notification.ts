/** Notification through a webhook that takes Slack's format: `{ "text": ... }`. */
import type { Check } from "./index";

/** Webhook for notifications. `variable` is the secret environment variable with its URL. */
export interface Webhook {
  readonly variable: string;
  /** Configuration key of the URL, for the error's advice. */
  readonly key: string;
}

/** Sends the lines as one message. `${NOW}` in them is the time of sending. What is configured goes through `literally`. */
export const notification = ({ variable, key }: Webhook, lines: readonly string[]): Check => ({
  name: "the notification is taken",
  url: `\${${variable}}`,
  body: { text: lines.join("\n") },
  // A message that comes twice does no harm.
  withinSeconds: 20,
  hint: `To deploy without notifications: pulumi config rm ${key}`,
});
