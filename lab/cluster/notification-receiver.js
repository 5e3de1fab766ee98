/**
 * Takes what would go to a channel of Slack, `POST /services/...` with `{ "text": ... }`, and keeps it: one JSON object a
 * line, { at, text }. Where it was posted to is kept nowhere, for with Slack that is the secret.
 *
 * Usage: notification-receiver.js ADDRESS PORT FILE
 */
"use strict";

const { appendFileSync } = require("node:fs");
const { createServer } = require("node:http");

const largestKilobytes = 64;

const [address, port, file] = process.argv.slice(2);

const server = createServer((request, response) => {
  const send = (status, text) => response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(text);
  answer(request).then(
    ([status, text]) => send(status, text),
    (error) => {
      console.error(error.message);
      send(500, `the message could not be kept: ${error.message}`);
    },
  );
});
server.listen(Number(port), address, () => console.log(`listens on ${address}:${server.address().port}`));

/** The status and the words for whoever asked. */
async function answer(request) {
  if (request.method === "GET" && request.url === "/health") return [200, "ok"];
  if (request.method !== "POST" || !request.url.startsWith("/services/"))
    return [400, "a message is sent with POST to /services/..."];
  const body = await wholeBody(request);
  if (body === undefined) return [413, `a message has at most ${largestKilobytes} KB`];
  const message = parsed(body);
  if (message === undefined) return [400, "the body is no JSON"];
  const text = message?.text;
  if (typeof text !== "string" || text === "") return [400, 'the body has to be { "text": ... }, with a text in it'];
  appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), text })}\n`);
  return [200, "ok"];
}

/** Undefined if it is too large. It is read to its end all the same: who still sends does not see an answer. */
async function wholeBody(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= largestKilobytes * 1024) chunks.push(chunk);
  }
  return bytes > largestKilobytes * 1024 ? undefined : Buffer.concat(chunks).toString();
}

/** Undefined if it is no JSON. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
