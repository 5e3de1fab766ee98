/** Redis client of the application, with a server that implements a part of the protocol. */
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "../../../../lab/stand-in/core/http";
import { Queue } from "../../../../lab/stand-in/core/queue";
import { openRedis, type Redis } from "../../../../lab/stand-in/core/redis";

const password = "p@ss/word";
const sockets = new Set<Socket>();
let log: string[];
let server: Server | undefined;
let redis: Redis | undefined;

/** Responses of the server, by command. Other commands get none. */
let answers: Record<string, string>;
const answersWhenLoggedIn = {
  AUTH: "+OK",
  INFO: "$9\r\nloading:0",
  PING: "+PONG",
  LPUSH: ":1",
  LLEN: ":7",
};

async function listen(port = 0): Promise<number> {
  const started = createServer((socket) => {
    sockets.add(socket);
    socket.on("data", (data) => {
      for (const [, name] of data.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)) {
        const answer = answers[name!.toUpperCase()];
        if (answer) socket.write(`${answer}\r\n`);
      }
    });
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(port, "127.0.0.1", resolve));
  return (started.address() as AddressInfo).port;
}

async function stopListening(): Promise<void> {
  const closed = new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  sockets.forEach((socket) => socket.destroy());
  await closed;
}

function open(port: number): Redis {
  const write = (event: string, fields = {}) => void log.push(`${event} ${JSON.stringify(fields)}`);
  redis = openRedis(`redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`, write);
  return redis;
}

async function until(condition: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await condition();
    } catch (error) {
      if (tries > 200) throw error;
      await sleep(20);
    }
  }
}

beforeEach(() => {
  log = [];
  answers = answersWhenLoggedIn;
});
afterEach(async () => {
  redis?.close();
  await stopListening();
});

test("without Redis commands fail at once, logged once, until it is back by itself", async () => {
  const port = await listen();
  const queue = new Queue("letters", open(port));
  await until(() => redis!.check());
  expect(await queue.depth()).toBe(7);

  await stopListening();
  const refused = `connect ECONNREFUSED 127.0.0.1:${port}`;
  await until(() => expect(redis!.check()).rejects.toThrow(refused));
  const start = Date.now();
  const added = queue.add({});
  await expect(added).rejects.toBeInstanceOf(Unavailable);
  await expect(added).rejects.toThrow(refused);
  // A command that waited for the connection would be given up after two seconds.
  expect(Date.now() - start).toBeLessThan(1_500);
  await sleep(700);

  await listen(port);
  await until(() => redis!.check());
  expect(await queue.depth()).toBe(7);
  expect(log.filter((line) => line.includes("ECONNREFUSED"))).toHaveLength(1);
  expect(log.at(-1)).toContain("redis connection is back");
});

test("a command without an answer fails with its connection, and is not sent again", async () => {
  open(await listen());
  await until(() => redis!.check());
  const pending = redis!.client().get("key");
  await sleep(20);
  sockets.forEach((socket) => socket.end());
  await expect(pending).rejects.toThrow();
  await until(() => redis!.check());
  expect(log).toEqual(['redis connection lost {"error":"the connection was closed"}', "redis connection is back {}"]);
});

test("a command without an answer is given up after two seconds", async () => {
  open(await listen());
  await until(() => redis!.check());
  const asked = redis!.ask("GET", (client) => client.get("key"));
  await expect(asked).rejects.toThrow("Redis cannot be used now (GET: no answer within 2 s).");
});

test("the log does not show the password, not even a wrong one", async () => {
  answers = {
    AUTH: "-WRONGPASS invalid username-password pair or user is disabled.",
    INFO: "-NOAUTH Authentication required.",
  };
  open(await listen());
  await until(() => expect(redis!.check()).rejects.toThrow("WRONGPASS"));
  expect(log.join()).toContain("WRONGPASS");
  expect(log.join()).not.toContain(password);
  expect(log.join()).not.toContain(encodeURIComponent(password));
});
