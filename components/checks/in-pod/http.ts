/** Requests and their answers. */
import type { HttpCheck, LoadCheck } from "../check";
import { difference, withoutContent } from "./expect";
import { rateLimited } from "./load";
import { reason, requestSeconds } from "./reason";
import { missingSamples } from "./samples";
import { beginning, capture, fill, fillJson, fillPlain } from "./variables";

/** Returns the method of a request. */
export const methodOf = ({ method, body }: HttpCheck | LoadCheck): string =>
  method ?? (body === undefined ? "GET" : "POST");

/** Length of an answer that is read where another status was expected. Errors show its beginning. */
const explained = 10_000;

/**
 * Sends a request. Resolves to what differs from the expected answer, or undefined.
 * @throws Error if it was not answered
 */
export async function askHttp(check: HttpCheck | LoadCheck): Promise<string | undefined> {
  const { timeoutSeconds = requestSeconds, status = 200, metrics = [] } = check;
  const url = fill(check.url);
  const shown = fillPlain(check.url);
  const asked = `${methodOf(check)} ${shown}`;
  const because = (error: unknown) => reason(error, timeoutSeconds).replaceAll(url, shown);
  const response = await send(check, url, timeoutSeconds).catch((error: unknown) => {
    throw new Error(`${asked} was not answered: ${because(error)}`);
  });
  const captured = "capture" in check ? Object.entries(check.capture ?? {}) : [];
  const isJson = check.answer !== undefined || captured.length > 0;
  const isWhole = isJson || metrics.length > 0 || "load" in check;
  // A stream may stay open: that it begins is an answer.
  const { text, error } = await read(response, response.status !== status ? explained : isWhole ? Infinity : 1);
  // The answer to a request that succeeded may have data of users.
  const content = response.status < 400 ? `(${mediaTypeOf(response)})` : beginning(text, 300);
  const actual = `got ${response.status} ${content}`;
  const limited = response.status === 429 ? `; ${rateLimited}` : "";
  if (response.status !== status) return `${asked} expected status ${status}, ${actual}${limited}`;
  if (error !== undefined) return `${asked} was not answered in full: ${because(error)}; ${actual}`;
  if (check.mediaType !== undefined && mediaTypeOf(response) !== check.mediaType)
    return `${asked} expected the media type ${check.mediaType}, got ${mediaTypeOf(response)}`;
  const missing = missingSamples(text, metrics);
  if (missing.length > 0) return `${asked} expected samples of ${missing.join(", ")}, ${actual}`;
  if (!isJson) return undefined;
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return `${asked} expected JSON, ${actual}`;
  }
  const differs = check.answer === undefined ? undefined : difference(answer, check.answer, withoutContent);
  if (differs) return `${asked}: ${differs}`;
  for (const [name, key] of captured) capture(name, String((answer as Record<string, unknown>)[key]));
  return undefined;
}

const mediaTypeOf = (response: Response) => response.headers.get("content-type")?.split(";")[0] ?? "no media type";

function send(check: HttpCheck | LoadCheck, url: string, timeoutSeconds: number): Promise<Response> {
  const headers = Object.fromEntries(
    Object.entries(check.headers ?? {}).map(([name, text]) => [name, headerOf(name, text)]),
  );
  const body = check.body === undefined ? undefined : fillJson(JSON.stringify(check.body));
  return fetch(url, {
    method: methodOf(check),
    headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
    body,
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutSeconds * 1000),
  });
}

/** Returns the value of a header. Throws Error if none may have it: fetch would repeat it in its own error. */
function headerOf(name: string, text: string): string {
  const value = fill(text);
  if (!/\p{Cc}/u.test(value)) return value;
  const keys = [...text.matchAll(/\$\{(?:SECRET_)?(\w+)\}/g)].map(([, key]) => key).join(", ");
  throw new Error(
    `the header ${name} has a line break or another control character; remove it from ${keys || "the header"}`,
  );
}

/** Reads an answer to its end, or to `length` characters. What came before an error counts. */
async function read(response: Response, length: number): Promise<{ readonly text: string; readonly error?: unknown }> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.length >= length) break;
    }
    return { text: text + decoder.decode() };
  } catch (error) {
    return { text, error };
  }
}
