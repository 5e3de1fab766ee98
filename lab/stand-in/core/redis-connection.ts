/** Connection to Redis. It reconnects automatically, however long Redis is unavailable. */
import { Redis as RedisClient } from "ioredis";
import { errorMessage, type Log } from "./log";

export { RedisClient };

/** Interval between pings, in milliseconds. */
const pingMilliseconds = 5_000;

/** Time without an answer after which a connection is dropped, in milliseconds. */
const silenceMilliseconds = 10_000;

export interface RedisConnection {
  client: RedisClient;
  /** Returns the reason that there is no connection. Undefined while there is one, or before the first error. */
  lost: () => string | undefined;
  /** Closes the connection permanently. */
  close(): void;
}

/** Connects in the background. Logs a lost connection, once for each reason, and its recovery. */
export function connectToRedis(url: string, log: Log): RedisConnection {
  let problem: string | undefined;
  const report = (message: string) => {
    if (problem !== message) log("redis connection lost", { error: message });
    problem = message;
  };
  const client = open(url);
  client.on("error", (error) => {
    // These errors say that a command found no connection, but not why.
    if (!isNoConnection(error)) report(errorMessage(error));
  });
  // Redis, or a proxy, may also close a connection normally. The client reports no error for that.
  client.on("reconnecting", () => problem ?? report("the connection was closed"));
  client.on("ready", () => {
    if (problem !== undefined) log("redis connection is back");
    problem = undefined;
  });
  const stopWatching = watch(client, report);
  return {
    client,
    lost: () => problem,
    close: () => {
      stopWatching();
      client.disconnect();
    },
  };
}

/** Returns the message of a failed command, without the client's remarks about its own options. */
export const redisErrorMessage = (error: unknown) =>
  isNoConnection(error) ? "there is no connection to Redis" : errorMessage(error);

/** Returns true for the client's own errors. They have no code, and the client exports no class for them. */
const isNoConnection = (error: unknown) =>
  /^(Stream isn't writeable|Reached the max retries|Connection is closed|Command aborted)/.test(errorMessage(error));

const open = (url: string) =>
  new RedisClient(url, {
    // A command fails at once while there is no connection, instead of waiting without a limit. A command without an
    // answer fails when the connection is lost: Redis may have executed it, so it must not be sent again.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    disconnectTimeout: 500,
    retryStrategy: (tries) => Math.min(100 * 2 ** tries, 2_000),
    // The client would read it from its package.json, which is missing beside a bundle.
    disableClientInfo: true,
  });

/**
 * Detects a peer that has disappeared silently, or that accepts a connection and then does not answer. The client's own
 * `socketTimeout` is unsuitable: its timer outlives the connection that it watched, and then cuts the next one.
 */
function watch(client: RedisClient, report: (message: string) => void): () => void {
  let heardAt = Date.now();
  const heard = () => (heardAt = Date.now());
  client.on("connect", heard);
  const timer = setInterval(() => {
    if (client.status !== "connect" && client.status !== "ready") return;
    if (Date.now() - heardAt >= silenceMilliseconds) {
      report(`no answer within ${silenceMilliseconds / 1000} s`);
      return client.disconnect(true);
    }
    if (client.status === "ready") client.ping().then(heard, () => undefined);
  }, pingMilliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
