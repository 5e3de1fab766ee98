/** Test event for Sentry, by its envelope endpoint. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { SentryMessage } from "../sentry";
import { reason, requestSeconds } from "./reason";

const client = "runsheet/0.1.0";

/** Address of a project, of which only the host is ever shown. */
interface Dsn {
  readonly host: string;
  readonly endpoint: string;
  readonly key: string;
}

interface Outcome {
  readonly failure?: string;
  /** True if another try may mend it. */
  readonly passes?: boolean;
}

/** Reads a DSN: PROTOCOL://KEY@HOST/PATH/PROJECT. Undefined if it is none. */
function parseDsn(text: string): Dsn | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, username: key, host, pathname } = new URL(text);
  const [, path, project] = /^(.*)\/(\d+)\/?$/.exec(pathname) ?? [];
  if (!/^https?:$/.test(protocol) || key === "" || project === undefined) return undefined;
  return { host, key, endpoint: `${protocol}//${host}${path}/api/${project}/envelope/` };
}

/** An envelope with one event: a line of headers, a line about the event, and the event. */
function envelope(id: string, now: Date, { message, system, release, namespace }: SentryMessage): string {
  const event = JSON.stringify({
    ...{ event_id: id, timestamp: now.toISOString(), platform: "other", level: "info", logger: "runsheet" },
    ...{ message: { formatted: message }, release, tags: { system, namespace } },
  });
  const item = { type: "event", content_type: "application/json", length: Buffer.byteLength(event) };
  return [JSON.stringify({ event_id: id, sent_at: now.toISOString() }), JSON.stringify(item), event, ""].join("\n");
}

async function post({ host, endpoint, key }: Dsn, id: string, message: SentryMessage): Promise<Outcome> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(endpoint, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-sentry-envelope",
        "X-Sentry-Auth": `Sentry sentry_version=7, sentry_client=${client}, sentry_key=${key}`,
      },
      body: envelope(id, new Date(), message),
      redirect: "manual",
      signal: AbortSignal.timeout(requestSeconds * 1000),
    });
    text = (await response.text()).replaceAll(key, "***").slice(0, 300).trim();
  } catch (error) {
    return { failure: `${host} was not answered: ${reason(error)}`, passes: true };
  }
  const { status, headers } = response;
  const answered = `${host} answered ${status} ${text}`.trimEnd();
  if (status === 200 && text.includes(id)) return {};
  if (status === 200) return { failure: `${answered}, without the event's ID, and so is no Sentry` };
  if (status === 401 || status === 403) return { failure: `${answered}: it does not take the key of the DSN` };
  if (status === 404) return { failure: `${answered}: it does not have the project of the DSN` };
  if (status === 429) {
    const seconds = headers.get("retry-after");
    const when = seconds === null ? "" : `, before ${seconds} s have passed`;
    return { failure: `${answered}: it takes no more events of the project${when}` };
  }
  return { failure: answered, passes: status >= 500 };
}

/** Sends the event until it is taken. Resolves to its ID, or to the reason for which it is not taken. */
export async function sendTestEvent(
  text: string,
  message: SentryMessage,
): Promise<{ readonly taken: string } | { readonly failure: string }> {
  const set = `pulumi config set --secret ${message.system}:sentryDsn`;
  const dsn = parseDsn(text);
  if (!dsn) return { failure: `the DSN is not of the form https://KEY@HOST/PROJECT; set it with: ${set}` };
  const id = randomUUID().replaceAll("-", "");
  const end = Date.now() + message.withinSeconds * 1000;
  for (;;) {
    const { failure, passes } = await post(dsn, id, message);
    if (failure === undefined) return { taken: `${dsn.host} took the test event ${id}` };
    const advice = `\n  Set another DSN (${set}), or do without the test: pulumi config set ${message.system}:sentryTest false`;
    if (!passes || Date.now() >= end) return { failure: `${failure}${advice}` };
    await sleep(1000);
  }
}
