import * as pulumi from "@pulumi/pulumi";
import { AppSecrets, NamedSecret } from "../kubernetes/app-secrets";
import type { Environment } from "../kubernetes/environment";
import { authorityFile, caKey, findLogin, Login, type DatabaseArgs, type Postgres } from "./database";
import {
  databaseIdentity,
  databaseUrl,
  parametersOfServer,
  parameterVariables,
  urlForGo,
  type DatabaseUrl,
} from "./url";

export interface ExistingPostgresArgs {
  /** Role of `roles` that the application logs in with in databases that the stack makes. */
  readonly applicationRole: string;
  /** URL that the application gets, perhaps of a pooler. */
  readonly url: pulumi.Input<string>;
  /** URL for migrations, dumps and checks. Default: `url`. */
  readonly directUrl?: pulumi.Input<string>;
  /** Authority that signed the server's certificate, as PEM. Default: the publicly trusted ones. */
  readonly ca?: string;
  /** Number of restores into it. Each gives it another identity. Default: 0. */
  readonly restores?: number;
}

/** Seconds to wait for a connection: a database that is suspended when idle is started by it. */
const connectSeconds = "30";

/**
 * Login by a URL. Its Secret has the keys uri, host, port, dbname, username, password and sslmode, and those of the
 * URL's other parameters.
 */
class ExistingLogin extends Login {
  constructor(
    secret: pulumi.Input<string>,
    private readonly withCa: boolean,
    private readonly address?: pulumi.Input<string>,
  ) {
    super(secret);
  }

  override environment(): Environment {
    const parameters = Object.entries(parameterVariables).map(
      ([key, variable]) => [variable, { secret: this.secret, key, optional: true }] as const,
    );
    return { ...super.environment(), ...Object.fromEntries(parameters), ...this.fileOfAuthority() };
  }

  override get urlForGo(): pulumi.Output<string> | undefined {
    if (this.address === undefined) return undefined;
    return pulumi.secret(this.address).apply(urlForGo);
  }

  override trust(): Environment {
    // libpq looks for a file in the user's home otherwise.
    const publicly = { secret: this.secret, key: "sslrootcert", optional: true };
    return { PGSSLROOTCERT: publicly, ...this.trustForGo() };
  }

  override trustForGo(): Environment {
    return { PGSSLMODE: { secret: this.secret, key: "sslmode" }, ...this.fileOfAuthority() };
  }

  private fileOfAuthority(): Environment {
    return this.withCa ? authorityFile(this.secret) : {};
  }
}

/** Name of the Secret of a database's direct login. */
const directSecret = (database: string) => `${database}-direct`;

/**
 * Returns the direct login of a database whose Secret is there.
 * @param withCa true if the Secret has the server's certificate authority
 */
export const directLogin = (database: string, withCa: boolean): Login =>
  new ExistingLogin(directSecret(database), withCa);

/** Database that exists. Only the Secrets of its logins are made; in the database itself nothing is. */
export class ExistingPostgres extends pulumi.ComponentResource implements Postgres {
  readonly identity: pulumi.Output<string>;
  readonly owner: Login;
  readonly roles = [];
  readonly revision: pulumi.Output<string>;
  private readonly logins: ReadonlyMap<string, Login>;

  constructor(
    name: string,
    { namespace }: Pick<DatabaseArgs, "namespace">,
    { applicationRole, url, directUrl = url, ca, restores = 0 }: ExistingPostgresArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:ExistingPostgres", name, {}, opts);
    const valuesOf = (url: pulumi.Input<string>) => pulumi.secret(url).apply((text) => secretValues(text, ca));
    // Another URL gives the Secret another name, so that the application's pods roll.
    const application = new AppSecrets(`${name}-application`, { namespace, values: valuesOf(url) }, { parent: this });
    // Tasks read it when they start: none is done again because a password is new.
    const named = { name: directSecret(name), namespace, values: valuesOf(directUrl) };
    const direct = new NamedSecret(`${name}-direct`, named, { parent: this });
    this.logins = new Map([[applicationRole, new ExistingLogin(application.secret, ca !== undefined, url)]]);
    this.owner = new ExistingLogin(direct.secret, ca !== undefined, directUrl);
    this.revision = direct.revision;
    // It waits for the Secret, as what depends on the database does.
    const identity = pulumi.all([plain(directUrl, databaseIdentity), direct.secret]).apply(([identity]) => identity);
    this.identity = restores === 0 ? identity : pulumi.interpolate`${identity}#${restores}`;
    this.registerOutputs({});
  }

  login(role: string): Login {
    return findLogin(this.logins, role);
  }
}

/** Returns a part of a URL that is not secret. */
const plain = <Part>(url: pulumi.Input<string>, part: (url: DatabaseUrl) => Part): pulumi.Output<Part> =>
  pulumi.unsecret(pulumi.output(url).apply((text) => part(databaseUrl(text))));

/** Returns the content of a login's Secret. */
function secretValues(uri: string, ca: string | undefined): Record<string, string> {
  const { host, port, database, username, password, parameters } = databaseUrl(uri);
  const known = Object.entries(parameters).filter(([name]) => name in parameterVariables);
  return {
    connect_timeout: connectSeconds,
    ...Object.fromEntries(known),
    ...{ uri, host, port: String(port), dbname: database, username, password },
    ...parametersOfServer(parameters, ca !== undefined),
    ...(ca ? { [caKey]: ca } : {}),
  };
}
