/** Redis client of the application. */
import { Unavailable } from "./http";
import type { Log } from "./log";
import { connectToRedis, redisErrorMessage, type RedisClient, type RedisConnection } from "./redis-connection";
import { within } from "./time";

export type { RedisClient };

const limit = 2_000;

export interface Redis {
  /** Returns the client. Throws Unavailable without a URL. */
  client(): RedisClient;
  /** Runs one command with a time limit of 2 seconds. Throws Unavailable if Redis cannot execute it. */
  ask<T>(command: string, run: (client: RedisClient) => Promise<T>): Promise<T>;
  /** Opens another connection, for commands that block. */
  another(): RedisClient;
  /** Sends PING with a time limit of 2 seconds. Throws an error with the cause. */
  check(): Promise<void>;
  close(): void;
}

/** Connects in the background, and reconnects whenever the connection is lost. The application starts without Redis. */
export function openRedis(url: string | undefined, log: Log): Redis {
  if (!url) return noRedis;
  const connections: RedisConnection[] = [];
  const connect = () => {
    const connection = connectToRedis(url, log);
    connections.push(connection);
    return connection;
  };
  const { client, lost } = connect();
  return {
    client: () => client,
    another: () => connect().client,
    ask: async (command, run) => {
      try {
        return await within(limit, command, run(client));
      } catch (error) {
        throw new Unavailable(`Redis cannot be used now (${lost() ?? redisErrorMessage(error)}).`);
      }
    },
    check: async () => {
      if (client.status !== "ready") throw new Error(lost() ?? "not connected");
      await within(limit, "PING", client.ping());
    },
    close: () => connections.forEach((each) => each.close()),
  };
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
