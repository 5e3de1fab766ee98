/** Rights that a login has by the roles that it is a member of: at once, or only where it sets the role. */
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../kubernetes/environment";
import { Task } from "../kubernetes/task";
import type { DatabaseArgs, Role } from "./database";
import { sqlFile } from "./psql";

/** Setting of an engine that grants memberships. */
export interface InheritedRoles {
  /** Lets the logins that a system declares without it inherit their roles all the same. Default: false. */
  readonly inheritsRoles?: boolean;
}

/** Tells whether a role inherits those that it is a member of. */
export const inheritsRoles = ({ inherits = true }: Role, settings: InheritedRoles): boolean =>
  inherits || (settings.inheritsRoles ?? false);

/** Tells whether a system has roles whose memberships `setMemberships` sets. */
export const setsMemberships = ({ roles }: Pick<DatabaseArgs, "roles">): boolean => roles.some(isBound);

const isBound = ({ inherits }: Role) => inherits === false;

export interface MembershipsArgs extends InheritedRoles {
  /** Image with psql. */
  readonly image: string;
  /** PG* variables of one who grants the memberships. */
  readonly environment: Environment;
  /** Values that identify the server. */
  readonly trigger: readonly pulumi.Input<string>[];
}

/**
 * Sets the memberships that are there already, also with `inheritsRoles`: where they were not inherited before, nothing
 * else would have them inherited again.
 */
export function setMemberships(
  name: string,
  { namespace, roles }: DatabaseArgs,
  { inheritsRoles = false, environment, ...args }: MembershipsArgs,
  opts: pulumi.ComponentResourceOptions,
): void {
  const names = roles.filter(isBound).map((role) => role.name);
  const settings = { roles: names.join(","), inherit: String(inheritsRoles) };
  new Task(`${name}-memberships`, { ...args, namespace, ...sqlFile("memberships.sql", environment, settings) }, opts);
}
