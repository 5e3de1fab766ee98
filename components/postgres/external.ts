import * as pulumi from "@pulumi/pulumi";
import * as postgresql from "@pulumi/postgresql";
import { join } from "node:path";
import { contentHash } from "../identity/hash";
import { generatedPassword } from "../identity/passwords";
import { writeWholeFile } from "../identity/whole-file.cjs";
import { Task } from "../kubernetes/task";
import {
  findLogin,
  loginSecret,
  type DatabaseArgs,
  type Login,
  type OtherServer,
  type Postgres,
  type Role,
} from "./database";
import { inheritsRoles, setMemberships, setsMemberships, type InheritedRoles } from "./memberships";
import { sqlFile } from "./psql";

/** TLS of every connection: the administrator's, the migrations' and the services'. Default: verify-full, scram-sha-256. */
export interface ExternalPostgresArgs extends OtherServer, InheritedRoles {
  /** Image with psql. */
  readonly image: string;
  readonly host: string;
  /** Default: 5432. */
  readonly port?: number;
  /** User that may create roles and databases. It is no superuser on managed services. Default: postgres. */
  readonly adminUser?: string;
  readonly adminPassword: pulumi.Input<string>;
  /** Lets the logins that a system declares so read the statistics and queries of the whole server. Default: false. */
  readonly readsAllStats?: boolean;
}

/** Role that reads the statistics and queries of everybody on the server. */
const allStats = "pg_read_all_stats";

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
    const server = serverOf(args);
    const provider = new postgresql.Provider(
      name,
      {
        host: server.host,
        port: server.port,
        username: args.adminUser ?? "postgres",
        password: pulumi.secret(args.adminPassword),
        sslmode: server.sslMode,
        sslrootcert: args.ca && authorityFileOf(args.ca),
        superuser: false,
        connectTimeout: 15,
      },
      { parent: this },
    );
    const inside = { parent: this, provider };
    const groupsOf = ({ memberOf = [] }: Role) => memberOf.filter((group) => args.readsAllStats || group !== allStats);
    const roles: readonly Role[] = [{ name: database.database, login: true }, ...database.roles];
    this.roles = roles.map((role) => role.name);
    const logins = new Map<string, Login>();
    const created = new Map<string, pulumi.Resource>();
    const shared = roles.filter((role) => role.shared).map((role) => role.name);
    const administrator =
      shared.length > 0 || setsMemberships(database) ? this.administrator(name, database, args) : undefined;
    const task = shared.length > 0 ? this.shareRoles(name, database, args, shared, administrator!) : undefined;
    for (const role of shared) created.set(role, task!);
    for (const role of roles.filter((role) => !role.shared)) {
      const resourceName = `${name}-${role.name.replaceAll("_", "-")}`;
      const password = role.login ? generatedPassword(resourceName, { parent: this }) : undefined;
      const groups = groupsOf(role).flatMap((group) => created.get(group) ?? []);
      created.set(
        role.name,
        new postgresql.Role(
          resourceName,
          {
            name: role.name,
            login: role.login ?? false,
            inherit: inheritsRoles(role, args),
            password: password?.value,
            roles: groupsOf(role),
          },
          { ...inside, dependsOn: groups },
        ),
      );
      if (!password) continue;
      const { value, revision } = password;
      const connection = { ...server, database: database.database, username: role.name, password: value, revision };
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
    // A right of a shared role would be one of the other systems' logins, too. A login needs none to set that role.
    const grants = database.roles
      .filter((role) => !role.shared)
      .map(
        (role) =>
          new postgresql.Grant(
            `${name}-${role.name.replaceAll("_", "-")}-connect`,
            { role: role.name, database: target.name, objectType: "database", privileges: ["CONNECT"] },
            { ...inside, dependsOn: created.get(role.name) },
          ),
      );
    this.closeToOthers(name, database, args, shared, [target, ...grants]);
    if (setsMemberships(database)) {
      const trigger = [server.host, String(server.port)];
      const as = { environment: administrator!.environment(), trigger, inheritsRoles: args.inheritsRoles };
      const dependsOn = [...created.values()];
      setMemberships(name, database, { image: args.image, ...as }, { parent: this, dependsOn });
    }
    this.identity = pulumi.interpolate`${server.host}:${server.port}/${target.name}`;
    this.registerOutputs({});
  }

  login(role: string): Login {
    return findLogin(this.logins, role);
  }

  /**
   * Takes from PUBLIC and from the shared roles what lets other logins of the server into the database. The provider does not
   * know PUBLIC.
   */
  private closeToOthers(
    name: string,
    { namespace }: DatabaseArgs,
    { image, host, port = 5432, adminUser = "postgres" }: ExternalPostgresArgs,
    shared: readonly string[],
    dependsOn: pulumi.Resource[],
  ): void {
    const settings = { administrator: adminUser, shared: shared.join(",") };
    new Task(
      `${name}-public-rights`,
      {
        namespace,
        image,
        ...sqlFile("public-rights.sql", this.owner.environment(), settings),
        trigger: [host, String(port)],
      },
      { parent: this, dependsOn },
    );
  }

  /** Makes the login of the administrator, for tasks. */
  private administrator(
    name: string,
    { namespace }: DatabaseArgs,
    { adminUser = "postgres", adminPassword, ...args }: ExternalPostgresArgs,
  ): Login {
    const connection = { ...serverOf(args), database: "postgres", username: adminUser, password: adminPassword };
    return loginSecret(`${name}-administrator`, namespace, connection, { parent: this });
  }

  /**
   * Finds or creates roles of the whole server. They are no resources: a second system would fail to create them, and
   * the first one that is removed would drop them.
   */
  private shareRoles(
    name: string,
    { namespace }: DatabaseArgs,
    args: ExternalPostgresArgs,
    roles: readonly string[],
    administrator: Login,
  ): Task {
    const server = serverOf(args);
    return new Task(
      `${name}-shared-roles`,
      {
        namespace,
        image: args.image,
        ...sqlFile("shared-roles.sql", administrator.environment(), { roles: roles.join(",") }),
        trigger: [server.host, String(server.port)],
      },
      { parent: this },
    );
  }
}

/** Returns what all connections have in common. */
const serverOf = ({
  host,
  port = 5432,
  sslMode = "verify-full",
  ca,
  requireAuth = "scram-sha-256",
}: Pick<ExternalPostgresArgs, "host" | "port" | keyof OtherServer>) => ({ host, port, sslMode, ca, requireAuth });

/**
 * Writes the authority for the provider, which takes no text of it. Returns the path relative to the program's directory, so
 * that it is the same on every machine.
 */
function authorityFileOf(ca: string): string {
  const path = join("node_modules", ".cache", "runsheet", `ca-${contentHash(ca)}.crt`);
  // A file that is there may come from elsewhere, such as from the cache of a CI.
  writeWholeFile(path, ca);
  return path;
}
