/** URL of a database that exists, as its parts. Nothing here shows a URL or a value of it. */

/** Parts of a URL. */
export interface DatabaseUrl {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: string;
  /** Parameters by name, such as sslmode. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Parameters that libpq's programs read from the environment, and their variables. */
export const parameterVariables = {
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  sslnegotiation: "PGSSLNEGOTIATION",
  channel_binding: "PGCHANNELBINDING",
  require_auth: "PGREQUIREAUTH",
  gssencmode: "PGGSSENCMODE",
  options: "PGOPTIONS",
  connect_timeout: "PGCONNECT_TIMEOUT",
  application_name: "PGAPPNAME",
  target_session_attrs: "PGTARGETSESSIONATTRS",
} as const;

/** Default of sslmode: the server has a certificate of its name, from a known authority. */
const verified = "verify-full";
const modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
const files = ["sslcert", "sslkey", "sslcrl", "sslcrldir", "passfile", "service", "servicefile"];

/**
 * Takes a URL apart.
 * @throws Error that says what is missing, for a sentence that begins with the URL's key
 */
export function databaseUrl(text: string): DatabaseUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol))
    throw new Error("is not a URL of PostgreSQL; it must be postgresql://USER:PASSWORD@HOST/DATABASE");
  // Drivers disagree about which of several @ ends the password.
  if (text.split("?")[0]!.split("@").length > 2 || url.hash !== "" || !isEncoded(text))
    throw new Error("has a special character as it is; in its password write %40 for @, %23 for # and %25 for %");
  const host = decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, "$1");
  if (host === "" || host.startsWith("/"))
    throw new Error("names no host; it must be postgresql://USER:PASSWORD@HOST/DATABASE");
  if (host.includes(","))
    throw new Error("names several hosts; name the one that takes writes, or a name that leads to it");
  if (url.username === "") throw new Error("names no user; it must begin with postgresql://USER:PASSWORD@");
  if (url.password === "") throw new Error("names no password; it must begin with postgresql://USER:PASSWORD@");
  const database = decodeURIComponent(url.pathname.slice(1));
  if (database === "") throw new Error("names no database; write it after the host: /DATABASE");
  return {
    host: host.toLowerCase(),
    port: Number(url.port || 5432),
    database,
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    parameters: parametersOf(url.search.slice(1)),
  };
}

/** Decodes parameters as libpq does, for which + is no space. */
const parametersOf = (search: string) =>
  Object.fromEntries(
    search
      .split("&")
      .filter(Boolean)
      .map((pair) => {
        const [name, ...value] = pair.split("=");
        return [decodeURIComponent(name!), decodeURIComponent(value.join("="))];
      }),
  );

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns what is wrong with a URL: sentences that begin with its key. Empty if it can be used.
 * @param ca whether the server's certificate is verified with a certificate authority of the configuration
 * @param direct whether libpq's programs use the URL, which know no parameters of other drivers
 */
export function urlProblems(
  text: string,
  { ca, direct }: { readonly ca: boolean; readonly direct: boolean },
): string[] {
  let parameters: DatabaseUrl["parameters"];
  try {
    ({ parameters } = databaseUrl(text));
  } catch (error) {
    return [(error as Error).message];
  }
  const names = Object.keys(parameters);
  const unknown = direct ? names.filter((name) => !(name in parameterVariables) && !files.includes(name)) : [];
  return [
    ...tlsProblems(parameters, ca),
    ...authenticationProblems(parameters),
    ...names
      .filter((name) => files.includes(name))
      .map((name) => `names a file in ${name}, which no pod has; log in with user and password instead`),
    ...unknown.map(
      (name) =>
        `has the parameter ${name}, which psql and pg_dump do not know; set databaseDirectUrl without it, with none but ` +
        Object.keys(parameterVariables).join(", "),
    ),
  ];
}

function tlsProblems({ sslmode, sslrootcert }: DatabaseUrl["parameters"], ca: boolean): string[] {
  if (sslmode !== undefined && !modes.includes(sslmode))
    return [`has a wrong sslmode; it must be one of ${modes.join(", ")}`];
  if (sslrootcert !== undefined && sslrootcert !== "system")
    return ["names a file in sslrootcert, which no pod has; set postgres.ca to its content instead"];
  if (sslrootcert === "system" && ca)
    return [
      "has sslrootcert=system, and postgres.ca is set; leave out the one that did not sign the server's certificate",
    ];
  if (sslrootcert === "system" && sslmode !== undefined && sslmode !== "verify-full")
    return ["has sslrootcert=system, with which sslmode must be verify-full"];
  if (ca && sslmode !== undefined && ["disable", "allow", "prefer"].includes(sslmode))
    return [`has sslmode=${sslmode}, which does not use postgres.ca; leave it out, which means verify-full`];
  if (!ca && sslmode === "verify-ca")
    return [
      "has sslmode=verify-ca, for which postgres.ca must be set; for a publicly trusted authority write verify-full",
    ];
  return [];
}

const method = "(password|md5|gss|sspi|scram-sha-256|none)";
const methods = new RegExp(`^(${method}(,${method})*|!${method}(,!${method})*)$`);

const authenticationProblems = ({ require_auth: required }: DatabaseUrl["parameters"]): string[] =>
  required === undefined || methods.test(required)
    ? []
    : ["has a wrong require_auth; it must be a list such as scram-sha-256, or md5,scram-sha-256 for older passwords"];

/**
 * Returns the parameters with which libpq's programs make sure that they talk to the server, unless the URL says otherwise.
 * @param ca whether its certificate is verified with a certificate authority of the configuration
 */
export function parametersOfServer(
  { sslmode = verified, require_auth = "scram-sha-256" }: DatabaseUrl["parameters"],
  ca: boolean,
): Record<string, string> {
  // libpq looks for a file in the user's home otherwise.
  return { sslmode, require_auth, ...(sslmode === verified && !ca ? { sslrootcert: "system" } : {}) };
}

/** Parameters that lib/pq knows. It sends others to the server, which refuses the connection. */
const knownToGo: readonly string[] = ["options", "connect_timeout", "application_name"];

/**
 * Returns the URL for programs in Go, such as postgres_exporter. Their driver lib/pq knows fewer parameters than libpq, and
 * no sslmode that goes on without TLS where the server has none: such a one becomes `require`.
 */
export function urlForGo(text: string): string {
  const { parameters } = databaseUrl(text);
  const { sslmode = verified } = parameters;
  const known = Object.entries(parameters).filter(([name]) => knownToGo.includes(name));
  const mode = ["allow", "prefer"].includes(sslmode) ? "require" : sslmode;
  const all = [["sslmode", mode] as const, ...known];
  const search = all.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return `${text.split("?")[0]!}?${search}`;
}

/** Name of a database in outputs and in `restore.replaces`: host/database. It shows no user and no password. */
export const databaseAddress = (url: DatabaseUrl): string => `${placeOf(url)}/${url.database}`;

/** Identity of a database, which changes with it: host:port/database. */
export const databaseIdentity = (url: DatabaseUrl): string => `${placeOf(url)}:${url.port}/${url.database}`;

/** Returns the host. Supabase's pooler has one for all projects of a region, and finds the project in the user's name. */
function placeOf({ host, username }: DatabaseUrl): string {
  const project = /\.([a-z]{20})$/.exec(username)?.[1];
  return project === undefined ? host : `${project}.${host}`;
}
