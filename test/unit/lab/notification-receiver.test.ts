/** The lab's notification receiver as a process: its HTTP interface and its file. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { notificationReceiver } from "../../../lab/cluster/addresses";
import { components, startScript } from "../../../lab/cluster/components";
import { root } from "../../../lab/paths";

const directory = mkdtempSync(join(tmpdir(), "runsheet-receiver-"));
const file = join(directory, "notifications.log");
const program = join(root, "lab", "cluster", "notification-receiver.js");
const processes: ChildProcessByStdio<null, Readable, Readable>[] = [];
let address: string;

/** Starts a receiver on a free port, and returns its address. */
async function start(messages: string): Promise<string> {
  const child = spawn(process.execPath, [program, "127.0.0.1", "0", messages], { stdio: ["ignore", "pipe", "pipe"] });
  processes.push(child);
  const [words] = (await once(child.stdout, "data")) as [Buffer];
  return `http://${/^listens on (127\.0\.0\.1:\d+)\n$/.exec(words.toString())![1]}`;
}

beforeAll(async () => (address = await start(file)));
beforeEach(() => rmSync(file, { force: true }));
afterAll(() => {
  for (const child of processes) child.kill();
  rmSync(directory, { recursive: true });
});

async function post(body: string, path = "/services/T00/B00/secret-part", to = address) {
  const answer = await fetch(to + path, { method: "POST", body });
  return [answer.status, await answer.text()];
}

const kept = () => (existsSync(file) ? readFileSync(file, "utf8") : "");
const messages = () =>
  kept()
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { at: string; text: string });

test("messages are kept in order, with their times, and without their address", async () => {
  const before = Date.now();
  expect(await post('{"text":"Deployment starting\\nVersion: 2.0"}')).toEqual([200, "ok"]);
  expect(await post('{"text":"Deployment complete: \\"fünf\\"","channel":"#deployments"}')).toEqual([200, "ok"]);
  expect(messages()).toEqual([
    { at: expect.any(String) as string, text: "Deployment starting\nVersion: 2.0" },
    { at: expect.any(String) as string, text: 'Deployment complete: "fünf"' },
  ]);
  for (const { at } of messages()) {
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(Date.parse(at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(at)).toBeLessThanOrEqual(Date.now());
  }
  expect(kept()).not.toContain("secret-part");
});

test("messages that come at once are whole lines", async () => {
  const texts = Array.from({ length: 50 }, (_, number) => `${number} ${"x".repeat(10_000)}`);
  await Promise.all(texts.map((text) => post(JSON.stringify({ text }))));
  expect(messages().map(({ text }) => text)).toEqual(expect.arrayContaining(texts));
  expect(messages()).toHaveLength(50);
});

const noText = 'the body has to be { "text": ... }, with a text in it';
test.each([
  ["no JSON", "text=hello", "the body is no JSON"],
  ["nothing", "", "the body is no JSON"],
  ["no object", "null", noText],
  ["a list", '["text"]', noText],
  ["an object without a text", '{"blocks":[]}', noText],
  ["a text that is none", '{"text":5}', noText],
  ["an empty text", '{"text":""}', noText],
])("what is no message is refused with the reason: %s", async (_, body, reason) => {
  expect(await post(body)).toEqual([400, reason]);
  expect(kept()).toBe("");
});

test.each([
  ["another path", "POST", "/secret-part"],
  ["another method", "GET", "/services/secret-part"],
  ["a message to the health check", "POST", "/health"],
])("what is no webhook is refused, and the answer does not repeat the address: %s", async (_, method, path) => {
  const answer = await fetch(address + path, { method, body: method === "POST" ? '{"text":"hello"}' : undefined });
  expect([answer.status, await answer.text()]).toEqual([400, "a message is sent with POST to /services/..."]);
  expect(kept()).toBe("");
});

const ofBytes = (bytes: number) => JSON.stringify({ text: "x".repeat(bytes - '{"text":""}'.length) });

test("64 KB are a message, one byte more is too much, and so are many megabytes", async () => {
  expect(await post(ofBytes(65_536))).toEqual([200, "ok"]);
  expect(await post(ofBytes(65_537))).toEqual([413, "a message has at most 64 KB"]);
  expect(await post(ofBytes(20_000_000))).toEqual([413, "a message has at most 64 KB"]);
  expect(messages().map(({ text }) => text.length)).toEqual([65_525]);
});

test("GET /health says that it is there", async () => {
  expect((await fetch(`${address}/health`)).status).toBe(200);
});

test("a sender that goes away in the middle does not stop it, and leaves nothing", async () => {
  const socket = connect(Number(new URL(address).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write('POST /services/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"text":"half');
  await sleep(100);
  socket.destroy();
  expect(await post('{"text":"whole"}')).toEqual([200, "ok"]);
  expect(messages().map(({ text }) => text)).toEqual(["whole"]);
});

test("a message that cannot be kept is not taken: the answer says why", async () => {
  const missing = join(directory, "missing", "notifications.log");
  const other = await start(missing);
  const [status, reason] = await post('{"text":"hello"}', "/services/secret-part", other);
  expect(status).toBe(500);
  expect(reason).toBe(`the message could not be kept: ENOENT: no such file or directory, open '${missing}'`);
  expect((await fetch(`${other}/health`)).status).toBe(200);
});

test("the lab starts it on the node's address, with a log beside the messages", () => {
  const component = components.find(({ name }) => name === "notification-receiver")!;
  expect(startScript(component)).toBe(
    "exec '/run/runsheet-lab/tools/node/node' '/run/runsheet-lab/notification-receiver.js' '10.213.0.2' '8085' " +
      "'/var/lib/runsheet-lab/log/notifications.log'\n",
  );
});

test("the stack local notifies this receiver", () => {
  const { config, encryptionsalt } = parse(readFileSync(join(root, "Pulumi.local.yaml"), "utf8")) as {
    config: { "pm:slackWebhookUrl": { secure: string } };
    encryptionsalt: string;
  };
  const url = decrypted(config["pm:slackWebhookUrl"].secure, encryptionsalt.split(":")[1]!);
  expect(url).toBe(`${notificationReceiver}/services/lab`);
});

/**
 * Decrypts a value that Pulumi encrypted with an empty passphrase. Its format is v1:NONCE:CIPHERTEXT, with the
 * authentication tag at the end of the ciphertext (sdk/go/common/resource/config/crypt.go).
 */
function decrypted(secure: string, salt: string): string {
  const key = pbkdf2Sync("", Buffer.from(salt, "base64"), 1_000_000, 32, "sha256");
  const [, nonce, sealed] = secure.split(":").map((part) => Buffer.from(part, "base64"));
  const decipher = createDecipheriv("aes-256-gcm", key, nonce!).setAuthTag(sealed!.subarray(-16));
  return decipher.update(sealed!.subarray(0, -16)).toString() + decipher.final().toString();
}
