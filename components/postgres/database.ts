import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Environment, SecretFile, SecretKey } from "../kubernetes/environment";
import type { ServersRollout } from "../workload/in-pod/servers";

/** Database role. */
export interface Role {
  readonly name: string;
  /** Allows logins, with a generated password. Default: false. */
  readonly login?: boolean;
  /** Roles that it is a member of. Default: []. */
  readonly memberOf?: readonly string[];
  /** Has the rights of these roles without SET ROLE. Default: true. */
  readonly inherits?: boolean;
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

/** Key of a login's Secret with the authority that signed the server's certificate. */
export const caKey = "ca.crt";

/** Variables that name the file of the authority of a login's Secret, for libpq and for Node.js. */
export function authorityFile(secret: pulumi.Input<string>): Environment {
  const file: SecretFile = { secret, key: caKey, asFile: true };
  return { PGSSLROOTCERT: file, NODE_EXTRA_CA_CERTS: file };
}

/**
 * Secret of a role, with the keys host, port, dbname, username, password and uri; also sslmode and ca.crt if the server's
 * certificate is looked at, and pooled-uri if there is a pooler.
 */
export class Login {
  constructor(
    readonly secret: pulumi.Input<string>,
    private readonly server: Pick<OtherServer, "sslMode" | "requireAuth"> & { readonly hasCa?: boolean } = {},
    /** `pooled`: it has a URL through the pooler. `revision`: new whenever the password is. */
    private readonly more: { readonly pooled?: boolean; readonly revision?: pulumi.Input<string> } = {},
  ) {}

  /** Variables DATABASE and OWNER, for scripts that connect as another role. */
  names(): Environment {
    return { DATABASE: this.key("dbname"), OWNER: this.key("username") };
  }

  /** Variable DATABASE_URL for applications, through the pooler if there is one. */
  url(): SecretKey {
    // A separate key, so that pods restart when a pooler is added or removed.
    return { ...this.key(this.more.pooled ? "pooled-uri" : "uri"), revision: this.more.revision };
  }

  /** Variables of libpq's programs, such as psql and pg_dump. They connect to the server directly. */
  environment(): Environment {
    const variables = {
      PGHOST: "host",
      PGPORT: "port",
      PGDATABASE: "dbname",
      PGUSER: "username",
      PGPASSWORD: "password",
      ...(this.server.sslMode ? { PGSSLMODE: "sslmode" } : {}),
    };
    return {
      ...Object.fromEntries(Object.entries(variables).map(([name, key]) => [name, this.key(key)])),
      PGPASSWORD: { ...this.key(variables.PGPASSWORD), revision: this.more.revision },
      ...this.authority(),
      // libpq before 16 does not know it.
      ...(this.server.requireAuth ? { PGREQUIREAUTH: authentications[this.server.requireAuth] } : {}),
    };
  }

  /** URL for programs in Go, where they do not know all that `uri` has. Undefined if they do. */
  get urlForGo(): pulumi.Output<string> | undefined {
    return undefined;
  }

  /** Variables with which an application verifies the server beside `url`. Empty for a server of the stack. */
  trust(): Environment {
    return { ...this.authority(), ...this.trustForGo() };
  }

  /** Variables for programs in Go. Their driver lib/pq trusts the image's authorities, and takes `system` for a file. */
  trustForGo(): Environment {
    const { sslMode, hasCa } = this.server;
    if (!sslMode) return {};
    return { PGSSLMODE: sslMode, ...(hasCa ? this.authority() : {}) };
  }

  private key(key: string): SecretKey {
    return { secret: this.secret, key };
  }

  private authority(): Environment {
    const { sslMode, hasCa } = this.server;
    if (hasCa) return authorityFile(this.secret);
    // An authority that is publicly trusted is in the image.
    return sslMode === "verify-full" ? { PGSSLROOTCERT: "system" } : {};
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

/** Modes of TLS, as libpq's sslmode. `require` encrypts, and verifies the server only if its authority is known. */
export const sslModes = ["disable", "require", "verify-full"] as const;
export type SslMode = (typeof sslModes)[number];

/** Ways in which a server may ask for the password, as libpq's require_auth. MD5 is for roles with older passwords. */
export const authentications = { "scram-sha-256": "scram-sha-256", md5: "md5,scram-sha-256" } as const;

/** Server that the stack does not make. */
export interface OtherServer {
  /** Default: the client's, which encrypts if the server offers it. */
  readonly sslMode?: SslMode;
  /** Authority that signed its certificate, as PEM. Default: the publicly trusted ones. */
  readonly ca?: string;
  /** Way in which it has to ask for the password. Default: any. */
  readonly requireAuth?: keyof typeof authentications;
}

/** Connection of a role. */
export interface Connection extends OtherServer {
  readonly host: pulumi.Input<string>;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: pulumi.Input<string>;
  /** Text that is new whenever the password is. Default: none; what runs with it is not started again. */
  readonly revision?: pulumi.Input<string>;
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
  const { host, port, database, username, password, revision, sslMode, ca, requireAuth, pooler } = connection;
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
        ...(ca ? { [caKey]: ca } : {}),
      }),
    },
    opts,
  );
  const server = { sslMode, requireAuth, hasCa: ca !== undefined };
  return new Login(secret.metadata.name, server, { pooled: pooler !== undefined, revision });
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
