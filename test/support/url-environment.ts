/** Variables of logins, as the pods of an existing database get them. */
import { parameterVariables, databaseUrl } from "../../components/postgres/url";

/**
 * Returns the PG* variables of a URL. Without sslmode the server is not verified, for a test's own is of an authority that only
 * the test knows.
 */
export function urlEnvironment(text: string): Record<string, string> {
  const { host, port, database, username, password, parameters } = databaseUrl(text);
  const variables = parameterVariables as Readonly<Record<string, string>>;
  return {
    ...{ PGHOST: host, PGPORT: String(port), PGDATABASE: database, PGUSER: username, PGPASSWORD: password },
    PGCONNECT_TIMEOUT: "30",
    PGSSLMODE: "prefer",
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [variables[name]!, value])),
  };
}

/** Returns the variables of both logins. `files` are variables of both, such as PGSSLROOTCERT. */
export function loginsEnvironment(
  { url, directUrl = url }: { readonly url: string; readonly directUrl?: string },
  both: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const application = Object.entries({ ...urlEnvironment(url), ...both });
  return {
    ...urlEnvironment(directUrl),
    ...both,
    ...Object.fromEntries(application.map(([name, value]) => [`APPLICATION_${name}`, value])),
  };
}
