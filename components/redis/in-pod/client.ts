/** Connections to the Redis of the variable REDIS_URL. */
import { Redis } from "ioredis";

/** Limits of a connection. */
export interface RedisLimits {
  /** Limit for connecting, in seconds. */
  readonly connectSeconds: number;
  /** Limit for each command, in seconds. Default: none. */
  readonly commandSeconds?: number;
}

/**
 * Connects, runs `work` and closes the connection.
 * @throws the cause for which the connection failed, or what `work` throws
 */
export async function withRedis<Result>(limits: RedisLimits, work: (redis: Redis) => Promise<Result>): Promise<Result> {
  const { connectSeconds, commandSeconds } = limits;
  const client = new Redis(process.env.REDIS_URL ?? "", {
    lazyConnect: true,
    connectTimeout: connectSeconds * 1000,
    commandTimeout: commandSeconds === undefined ? undefined : commandSeconds * 1000,
    retryStrategy: null,
  });
  // connect() says only that the connection is closed; the event says why.
  let cause: unknown;
  client.on("error", (error) => (cause = error));
  await client.connect().catch((error: unknown) => {
    throw cause ?? error;
  });
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}
