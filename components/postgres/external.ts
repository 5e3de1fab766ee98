import * as pulumi from "@pulumi/pulumi";
import * as postgresql from "@pulumi/postgresql";
import * as random from "@pulumi/random";
import {
  findLogin,
  loginSecret,
  type DatabaseArgs,
  type Login,
  type Postgres,
  type Role,
  type SslMode,
} from "./database";

export interface ExternalPostgresArgs {
  readonly host: string;
  /** Default: 5432. */
  readonly port?: number;
  /** User that may create roles and databases. It is no superuser on managed services. Default: postgres. */
  readonly adminUser?: string;
  readonly adminPassword: pulumi.Input<string>;
  /** TLS of every connection: the administrator's, the migrations' and the services'. Default: require. */
  readonly sslMode?: SslMode;
}

/** Database, roles, extensions and grants on an existing PostgreSQL server. */
export class ExternalPostgres extends pulumi.ComponentResource implements Postgres {
  readonly identity: pulumi.Output<string>;
  readonly owner: Login;
  readonly roles: readonly string[];
  private readonly logins: ReadonlyMap<string, Login>;

  constructor(
    name: string,
    database: DatabaseArgs,
    args: ExternalPostgresArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:ExternalPostgres", name, {}, opts);
    const port = args.port ?? 5432;
    const sslMode = args.sslMode ?? "require";
    const provider = new postgresql.Provider(
      name,
      {
        host: args.host,
        port,
        username: args.adminUser ?? "postgres",
        password: pulumi.secret(args.adminPassword),
        sslmode: sslMode,
        superuser: false,
        connectTimeout: 15,
      },
      { parent: this },
    );
    const inside = { parent: this, provider };
    const roles: readonly Role[] = [{ name: database.database, login: true }, ...database.roles];
    this.roles = roles.map((role) => role.name);
    const logins = new Map<string, Login>();
    const created = new Map<string, postgresql.Role>();
    for (const role of roles) {
      const resourceName = `${name}-${role.name.replaceAll("_", "-")}`;
      const password = role.login
        ? new random.RandomPassword(resourceName, { length: 32, special: false }, { parent: this }).result
        : undefined;
      const groups = (role.memberOf ?? []).flatMap((group) => created.get(group) ?? []);
      created.set(
        role.name,
        new postgresql.Role(
          resourceName,
          { name: role.name, login: role.login ?? false, inherit: true, password, roles: [...(role.memberOf ?? [])] },
          { ...inside, dependsOn: groups },
        ),
      );
      if (!password) continue;
      const connection = {
        host: args.host,
        port,
        database: database.database,
        username: role.name,
        password,
        sslMode,
      };
      logins.set(role.name, loginSecret(resourceName, database.namespace, connection, { parent: this }));
    }
    this.logins = logins;
    this.owner = this.login(database.database);

    const target = new postgresql.Database(
      name,
      { name: database.database, owner: created.get(database.database)!.name },
      inside,
    );
    for (const extension of database.extensions ?? []) {
      new postgresql.Extension(`${name}-${extension}`, { name: extension, database: target.name }, inside);
    }
    for (const role of database.roles) {
      new postgresql.Grant(
        `${name}-${role.name.replaceAll("_", "-")}-connect`,
        { role: created.get(role.name)!.name, database: target.name, objectType: "database", privileges: ["CONNECT"] },
        inside,
      );
    }
    this.identity = pulumi.interpolate`${args.host}:${port}/${target.name}`;
    this.registerOutputs({});
  }

  login(role: string): Login {
    return findLogin(this.logins, role);
  }
}
