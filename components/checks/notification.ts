/** A message to people, through a webhook that takes Slack's form: `{ "text": ... }`. */
import type { Check } from "./index";

/** Where messages go: `variable` is the secret variable that holds the webhook's address. */
export interface Webhook {
  readonly variable: string;
  /** The configuration key of the address, for the way out. */
  readonly key: string;
}

/** Sends the lines as one message. `${NOW}` in them is the time at which it is sent. */
export const notification = ({ variable, key }: Webhook, lines: readonly string[]): Check => ({
  name: "the notification is taken",
  url: `\${${variable}}`,
  body: { text: lines.join("\n") },
  // Whoever has the address can write in the channel.
  secretUrl: true,
  hint: `To deploy without notifications: pulumi config rm ${key}`,
});
