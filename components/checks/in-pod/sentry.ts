/** Sends the message in MESSAGE to the project of SENTRY_DSN, in a pod. Exits with 1 if it is not taken. */
import type { SentryMessage } from "../sentry";
import { sendTestEvent } from "./sentry-event";

const { SENTRY_DSN = "", MESSAGE = "" } = process.env;

void sendTestEvent(SENTRY_DSN, JSON.parse(MESSAGE) as SentryMessage).then((result) => {
  if ("taken" in result) return console.log(`ok     ${result.taken}`);
  console.error(`FAILED the test of Sentry: ${result.failure}`);
  process.exitCode = 1;
});
