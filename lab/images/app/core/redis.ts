/** The application's Redis connection. */
import { createClient } from "@redis/client";
import { Unavailable } from "./http";
import { errorMessage, type Log } from "./log";
import { within } from "./time";

const limit = 2_000;

const open = (url: string) =>
  createClient({
    url,
    // A command fails at once while there is no connection, instead of waiting for one without a limit.
    disableOfflineQueue: true,
    // A peer that went away without a word is noticed: it is asked every 5 s and given up after 15 s of silence.
    pingInterval: 5_000,
    socket: {
      connectTimeout: 2_000,
      socketTimeout: 15_000,
      reconnectStrategy: (tries) => Math.min(100 * 2 ** tries, 2_000),
    },
    maintNotifications: "disabled",
  });

/** The client of the `redis` package, as it is opened here. */
export type RedisClient = ReturnType<typeof open>;

export interface Redis {
  /** The client. Throws Unavailable without a URL. */
  client(): RedisClient;
  /** Runs one command for somebody who waits: bounded to two seconds, and Unavailable when Redis cannot do it now. */
  ask<T>(command: string, run: (client: RedisClient) => Promise<T>): Promise<T>;
  /** One more connection, for commands that block. */
  another(): RedisClient;
  /** PING, bounded to two seconds. Throws an error that says what is wrong. */
  check(): Promise<void>;
  close(): void;
}

/** Connects in the background and again whenever the connection is lost; the application starts without it. */
export function openRedis(url: string | undefined, log: Log): Redis {
  if (!url) return noRedis;
  const clients: RedisClient[] = [];
  const another = () => {
    const client = open(url);
    reportErrors(client, log);
    // Fails only when the client is closed before it ever connected; until then it tries again.
    client.connect().catch(() => undefined);
    clients.push(client);
    return client;
  };
  const client = another();
  return {
    client: () => client,
    another,
    ask: async (command, run) => {
      try {
        return await within(limit, command, run(client));
      } catch (error) {
        throw new Unavailable(`Redis cannot be used now (${lastErrors.get(client) ?? errorMessage(error)}).`);
      }
    },
    check: async () => {
      if (!client.isReady) throw new Error(lastErrors.get(client) ?? "not connected");
      await within(limit, "PING", client.ping());
    },
    close: () => clients.forEach((each) => each.isOpen && each.destroy()),
  };
}

const lastErrors = new WeakMap<RedisClient, string>();

/** Logs an error once, not at each try; and says when the connection is back. */
function reportErrors(client: RedisClient, log: Log): void {
  client.on("error", (error: unknown) => {
    const message = errorMessage(error);
    if (lastErrors.get(client) !== message) log("redis connection lost", { error: message });
    lastErrors.set(client, message);
  });
  client.on("ready", () => {
    if (lastErrors.has(client)) log("redis connection is back");
    lastErrors.delete(client);
  });
}

const notSet = () => new Unavailable("REDIS_URL is not set.");

const throwNotSet = (): never => {
  throw notSet();
};

const noRedis: Redis = {
  client: throwNotSet,
  another: throwNotSet,
  ask: () => Promise.reject(notSet()),
  check: () => Promise.reject(notSet()),
  close: () => undefined,
};
