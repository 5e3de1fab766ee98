import * as pulumi from "@pulumi/pulumi";
import * as postgresql from "@pulumi/postgresql";
import * as random from "@pulumi/random";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Task } from "../kubernetes/task";
import {
  findLogin,
  loginSecret,
  type DatabaseArgs,
  type Login,
  type Postgres,
  type Role,
  type SslMode,
} from "./database";
import { psql } from "./psql";

export interface ExternalPostgresArgs {
  /** Image with psql. */
  readonly image: string;
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
  readonly outsidePort: number;
  private readonly logins: ReadonlyMap<string, Login>;

  constructor(
    name: string,
    database: DatabaseArgs,
    args: ExternalPostgresArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:ExternalPostgres", name, {}, opts);
    const port = (this.outsidePort = args.port ?? 5432);
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
    const created = new Map<string, pulumi.Resource>();
    const shared = roles.filter((role) => role.shared).map((role) => role.name);
    const task = shared.length > 0 ? this.shareRoles(name, database, args, shared) : undefined;
    for (const role of shared) created.set(role, task!);
    for (const role of roles.filter((role) => !role.shared)) {
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
      { name: database.database, owner: database.database },
      { ...inside, dependsOn: created.get(database.database) },
    );
    for (const extension of database.extensions ?? []) {
      new postgresql.Extension(`${name}-${extension}`, { name: extension, database: target.name }, inside);
    }
    for (const role of database.roles) {
      new postgresql.Grant(
        `${name}-${role.name.replaceAll("_", "-")}-connect`,
        { role: role.name, database: target.name, objectType: "database", privileges: ["CONNECT"] },
        { ...inside, dependsOn: created.get(role.name) },
      );
    }
    this.identity = pulumi.interpolate`${args.host}:${port}/${target.name}`;
    this.registerOutputs({});
  }

  login(role: string): Login {
    return findLogin(this.logins, role);
  }

  /**
   * Finds or creates roles of the whole server. They are no resources: a second system would fail to create them, and
   * the first one that is removed would drop them.
   */
  private shareRoles(
    name: string,
    { namespace }: DatabaseArgs,
    { image, host, port = 5432, adminUser = "postgres", adminPassword, sslMode = "require" }: ExternalPostgresArgs,
    roles: readonly string[],
  ): Task {
    const connection = { host, port, database: "postgres", username: adminUser, password: adminPassword, sslMode };
    const administrator = loginSecret(`${name}-administrator`, namespace, connection, { parent: this });
    const script = "shared-roles.sql";
    return new Task(
      `${name}-shared-roles`,
      {
        namespace,
        image,
        command: psql([script]),
        files: { [script]: readFileSync(join(__dirname, script), "utf8") },
        environment: { ...administrator.environment(), PGOPTIONS: `-c runsheet.roles=${roles.join(",")}` },
        trigger: [host, String(port)],
      },
      { parent: this },
    );
  }
}
