import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Environment, SecretKey } from "../kubernetes/environment";
import type { ServersRollout } from "../workload/in-pod/servers";

/** A database role. */
export interface Role {
  readonly name: string;
  /** Whether somebody logs in as it, with a generated password. Default: false. */
  readonly login?: boolean;
  /** Roles that it is a member of. Default: none. */
  readonly memberOf?: readonly string[];
}

/** What a system wants of its database, whichever engine provides it. */
export interface DatabaseArgs {
  readonly namespace: pulumi.Input<string>;
  /** The database's name; its owner has the same name, and changes the schema. */
  readonly database: string;
  /** The roles beside the owner. */
  readonly roles: readonly Role[];
  /** Extensions to create in the database. Default: none. */
  readonly extensions?: readonly string[];
}

/** What the Secret of a role of a database is called. */
export const loginName = (database: string, role: string) => `${database}-${role.replaceAll("_", "-")}`;

/** A role's Secret: keys host, port, dbname, username, password, uri; sslmode where one is demanded, pooled-uri where there is a pooler. */
export class Login {
  constructor(
    readonly secret: pulumi.Input<string>,
    private readonly sslMode: SslMode | undefined,
    /** Whether it has a URL by the pooler. */
    private readonly pooled = false,
  ) {}

  /** The variables DATABASE and OWNER, for scripts that connect as somebody else. */
  names(): Environment {
    return { DATABASE: { secret: this.secret, key: "dbname" }, OWNER: { secret: this.secret, key: "username" } };
  }

  /** The variable DATABASE_URL, as applications want it: by the pooler, where there is one. */
  url(): SecretKey {
    // A key of its own: whoever has the URL starts again when there is a pooler from now on, or no more.
    return { secret: this.secret, key: this.pooled ? "pooled-uri" : "uri" };
  }

  /** The variables that psql, pg_dump and every other libpq program read: always the server itself. */
  environment(): Environment {
    const variables = {
      PGHOST: "host",
      PGPORT: "port",
      PGDATABASE: "dbname",
      PGUSER: "username",
      PGPASSWORD: "password",
      ...(this.sslMode ? { PGSSLMODE: "sslmode" } : {}),
    };
    return {
      ...Object.fromEntries(Object.entries(variables).map(([name, key]) => [name, { secret: this.secret, key }])),
      // Certificates are those that the public trusts: no file has to be mounted for them.
      ...(this.sslMode === "verify-full" ? { PGSSLROOTCERT: "system" } : {}),
    };
  }
}

/** A database that is there. */
export interface Postgres extends pulumi.ComponentResource {
  /** Changes when the database is another one, as after a restore: what was done once must be done again. */
  readonly identity: pulumi.Output<string>;
  /** What the archive into which everything goes that is written calls it. Default: there is none of the stack's. */
  readonly server?: pulumi.Output<string>;
  /** When its servers run what they were told to. Default: they are not the stack's. */
  readonly rollout?: pulumi.Output<ServersRollout>;
  /** The Cluster by which the newest backup comes back under another name. Default: there is none of the stack's. */
  readonly scratch?: (name: string) => pulumi.Output<object>;
  /** The owner, who changes the schema, over a direct connection. */
  readonly owner: Login;
  /** The roles that the stack makes for it, the owner among them. */
  readonly roles: readonly string[];
  /** Variables with which libpq's programs connect as a superuser. Default: the engine lets nobody be one. */
  readonly superuser?: Environment;
  /**
   * The login of a role that was asked for.
   * @throws Error if no such role logs in
   */
  login(role: string): Login;
}

/** The Secret with the superuser of a Cluster, which the operator makes: keys username and password. */
export const superuserSecret = (cluster: string) => `${cluster}-superuser`;

/** libpq's sslmode. `require` encrypts, whoever answers; `verify-full` wants a certificate that the public trusts. */
export type SslMode = "disable" | "require" | "verify-full";

/** Where a role connects to, and as whom. */
export interface Connection {
  readonly host: pulumi.Input<string>;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: pulumi.Input<string>;
  /** Default: the client's own, which is to encrypt if the server offers it. */
  readonly sslMode?: SslMode;
  /** The host of the pooler, for applications. Default: there is none. */
  readonly pooler?: pulumi.Input<string>;
}

/** Writes a role's login as a Secret of the shape that Login describes. */
export function loginSecret(
  name: string,
  namespace: pulumi.Input<string>,
  connection: Connection,
  opts: pulumi.CustomResourceOptions,
): Login {
  const { host, port, database, username, password, sslMode, pooler } = connection;
  const parameters = sslMode ? `?sslmode=${sslMode}` : "";
  const urlOf = (host: pulumi.Input<string>) =>
    pulumi
      .all([host, password])
      .apply(
        ([host, password]) =>
          `postgresql://${username}:${encodeURIComponent(password)}@${host}:${port}/${database}${parameters}`,
      );
  const secret = new Secret(
    name,
    {
      // The operator takes over a changed password from a Secret with this label.
      metadata: { name, namespace, labels: { "cnpg.io/reload": "true" } },
      type: "kubernetes.io/basic-auth",
      stringData: pulumi.secret({
        host,
        port: String(port),
        dbname: database,
        username,
        password,
        uri: urlOf(host),
        ...(pooler ? { "pooled-uri": urlOf(pooler) } : {}),
        ...(sslMode ? { sslmode: sslMode } : {}),
      }),
    },
    opts,
  );
  return new Login(secret.metadata.name, sslMode, pooler !== undefined);
}

/** Finds a role's login among those that were made. */
export function findLogin(logins: ReadonlyMap<string, Login>, role: string): Login {
  const login = logins.get(role);
  if (!login)
    throw new Error(`no role "${role}" logs in to this database; there are: ${[...logins.keys()].join(", ")}`);
  return login;
}
