import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Environment, SecretKey } from "../kubernetes/environment";
import type { ServersRollout } from "../workload/in-pod/servers";

/** Database role. */
export interface Role {
  readonly name: string;
  /** Allows logins, with a generated password. Default: false. */
  readonly login?: boolean;
  /** Roles that it is a member of. Default: []. */
  readonly memberOf?: readonly string[];
  /** Belongs to the whole server, where other systems may use it too. It does not log in. Default: false. */
  readonly shared?: boolean;
}

/** Database of a system, independent of the engine. */
export interface DatabaseArgs {
  readonly namespace: pulumi.Input<string>;
  /** Name of the database and of its owner, who changes the schema. */
  readonly database: string;
  /** Roles besides the owner. */
  readonly roles: readonly Role[];
  /** Extensions to create in the database. Default: []. */
  readonly extensions?: readonly string[];
}

/** Returns the name of the Secret of a database role. */
export const loginName = (database: string, role: string) => `${database}-${role.replaceAll("_", "-")}`;

/**
 * Secret of a role, with the keys host, port, dbname, username, password and uri; also sslmode if one is required, and
 * pooled-uri if there is a pooler.
 */
export class Login {
  constructor(
    readonly secret: pulumi.Input<string>,
    private readonly sslMode: SslMode | undefined,
    /** True if it has a URL through the pooler. */
    private readonly pooled = false,
  ) {}

  /** Variables DATABASE and OWNER, for scripts that connect as another role. */
  names(): Environment {
    return { DATABASE: { secret: this.secret, key: "dbname" }, OWNER: { secret: this.secret, key: "username" } };
  }

  /** Variable DATABASE_URL for applications, through the pooler if there is one. */
  url(): SecretKey {
    // A separate key, so that pods restart when a pooler is added or removed.
    return { secret: this.secret, key: this.pooled ? "pooled-uri" : "uri" };
  }

  /** Variables of libpq's programs, such as psql and pg_dump. They connect to the server directly. */
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
      // The certificate is issued by a public CA, so no file has to be mounted.
      ...(this.sslMode === "verify-full" ? { PGSSLROOTCERT: "system" } : {}),
    };
  }

  /** URL for programs in Go, where they do not know all that `uri` has. Undefined if they do. */
  get urlForGo(): pulumi.Output<string> | undefined {
    return undefined;
  }

  /** Variables with which an application verifies the server beside `url`. Default: none. */
  trust(): Environment {
    return {};
  }
}

/** Existing database. */
export interface Postgres extends pulumi.ComponentResource {
  /** Identity, which changes with the database, as after a restore. Work that was done once is then done again. */
  readonly identity: pulumi.Output<string>;
  /** Server name in the backup archive. Undefined if the stack does not archive it. */
  readonly server?: pulumi.Output<string>;
  /** Rollout of its servers. Undefined if the stack does not manage them. */
  readonly rollout?: pulumi.Output<ServersRollout>;
  /** Cluster that restores the newest backup under another name. Undefined if the stack does not archive it. */
  readonly scratch?: (name: string) => pulumi.Output<object>;
  /** Login of the owner, who changes the schema, over a direct connection. */
  readonly owner: Login;
  /** Names of the roles that the stack creates, including the owner. Empty if it creates none. */
  readonly roles: readonly string[];
  /** Text that is new whenever the configured login of the owner changes. Undefined if the stack makes the logins. */
  readonly revision?: pulumi.Output<string>;
  /** Port of a server outside of the namespace that the application connects to. Undefined if the server is in it. */
  readonly outsidePort?: pulumi.Input<number>;
  /** Variables with which libpq's programs connect as superuser. Undefined if the engine does not allow that. */
  readonly superuser?: Environment;
  /**
   * Returns the login of a role.
   * @throws Error if no such role logs in
   */
  login(role: string): Login;
}

/** Returns the name of a Cluster's superuser Secret, which the operator creates with the keys username and password. */
export const superuserSecret = (cluster: string) => `${cluster}-superuser`;

/**
 * Mode of TLS, as libpq's sslmode. `require` encrypts without verifying the server; `verify-full` requires a
 * certificate of a public CA.
 */
export type SslMode = "disable" | "require" | "verify-full";

/** Connection of a role. */
export interface Connection {
  readonly host: pulumi.Input<string>;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: pulumi.Input<string>;
  /** Default: the client's, which encrypts if the server offers it. */
  readonly sslMode?: SslMode;
  /** Host of the pooler, for applications. Default: none. */
  readonly pooler?: pulumi.Input<string>;
}

/** Creates the Secret of a role, as Login describes it. */
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
      // With this label the operator applies a changed password.
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

/**
 * Finds the login of a role.
 * @throws Error if no such role logs in
 */
export function findLogin(logins: ReadonlyMap<string, Login>, role: string): Login {
  const login = logins.get(role);
  if (!login) throw new Error(`no role "${role}" logs in to this database; roles: ${[...logins.keys()].join(", ")}`);
  return login;
}
