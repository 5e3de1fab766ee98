/** One connection to Redis, which comes back by itself however long Redis is away. */
import { Redis as RedisClient } from "ioredis";
import { errorMessage, type Log } from "./log";

export { RedisClient };

/** How often the other end is asked whether it is there. */
const pingMilliseconds = 5_000;

/** A connection on which nothing was heard for so long is given up. */
const silenceMilliseconds = 10_000;

export interface RedisConnection {
  client: RedisClient;
  /** Why there is no connection; undefined while there is one, or when nothing went wrong yet. */
  lost: () => string | undefined;
  /** Closes it for good. */
  close(): void;
}

/** Connects in the background. Logs when the connection is lost, once for each reason, and when it is back. */
export function connectToRedis(url: string, log: Log): RedisConnection {
  let problem: string | undefined;
  const report = (message: string) => {
    if (problem !== message) log("redis connection lost", { error: message });
    problem = message;
  };
  const client = open(url);
  client.on("error", (error) => {
    // That a command found no connection does not say why.
    if (!isNoConnection(error)) report(errorMessage(error));
  });
  // Redis, or something on the way, may also end a connection in good order. That is no error to the client.
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

/** What went wrong with a command, without what the client says about its own options. */
export const redisErrorMessage = (error: unknown) =>
  isNoConnection(error) ? "there is no connection to Redis" : errorMessage(error);

/** The client's own errors, for which it has no code and exports no class. */
const isNoConnection = (error: unknown) =>
  /^(Stream isn't writeable|Reached the max retries|Connection is closed|Command aborted)/.test(errorMessage(error));

const open = (url: string) =>
  new RedisClient(url, {
    // A command fails at once while there is no connection, instead of waiting for one without a limit; and so does one
    // that had no answer when the connection was lost: it may have been carried out, so it must not be sent again unasked.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    disconnectTimeout: 500,
    retryStrategy: (tries) => Math.min(100 * 2 ** tries, 2_000),
    // It would be read from the client's package.json, which is not beside a bundle.
    disableClientInfo: true,
  });

/**
 * Notices a peer that went away without a word, also one that accepts a connection and then says nothing. The client's own
 * `socketTimeout` does not do: its timer outlives the connection that it watched, and then cuts the next one.
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
