/** Logins that a stack made, as the Secrets of a namespace have them. */
import { superuserSecret } from "../../components/postgres";
import { z } from "zod";

/** Login to try. It has a password: it is never printed or written to a file. */
export interface LeakedLogin {
  /** Name of its Secret. */
  readonly name: string;
  readonly kind: "postgres" | "redis";
  readonly host: string;
  readonly port: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const list = z.object({
  items: z.array(
    z.object({ metadata: z.object({ name: z.string() }), data: z.record(z.string(), z.string()).optional() }),
  ),
});

/**
 * Finds the logins whose passwords the stack makes, in `kubectl get secrets -o json`.
 * @param live name of the database that the system works with
 */
export function loginsIn(
  text: string,
  { system, namespace, live }: { readonly system: string; readonly namespace: string; readonly live: string },
): LeakedLogin[] {
  const secrets = list.parse(JSON.parse(text)).items.map(({ metadata: { name }, data = {} }) => ({
    name,
    data: Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()] as const),
    ),
  }));
  const rw = `${live}-rw.${namespace}`;
  // The databases that were given up are stopped.
  const isLive = (host: string) => host === rw || !host.endsWith(`-rw.${namespace}`);
  return secrets.flatMap(({ name, data }): LeakedLogin[] => {
    const { host, port, username, password, dbname } = data;
    if (password === undefined) return [];
    if (name === superuserSecret(live))
      return [{ name, kind: "postgres", host: rw, port: "5432", user: username!, password, database: "postgres" }];
    if (name === `${system}-redis` && "redis.conf" in data)
      return [{ name, kind: "redis", host: `${name}.${namespace}`, port: "6379", user: "", password, database: "" }];
    // The operator's Secrets of a superuser look like those of a role. The one of the live database is above.
    const isRole = !name.endsWith(superuserSecret(""));
    const isOurs = isRole && host !== undefined && port !== undefined && dbname !== undefined && "uri" in data;
    if (!isOurs || !name.startsWith(`${system}-`) || !isLive(host)) return [];
    return [{ name, kind: "postgres", host, port, user: username!, password, database: dbname }];
  });
}

/** Formats a login as a file for try-logins.sh. */
export const loginFile = ({ name, kind, host, port, user, password, database }: LeakedLogin): string =>
  `${[name, kind, host, port, user, password, database].join("\n")}\n`;
