/**
 * Roles with which an application asks a database with row security, as Supabase's services do: the login itself has no
 * rights, and sets a role for one transaction. Row security then binds what is done in the name of a user.
 */
import { escapeIdentifier, escapeLiteral, type Pool } from "pg";

export interface ActingRoles {
  /** Role for the application's own work. */
  readonly services: string;
  /** Role for what a signed-in user asks. Its policies find the user in `request.jwt.claims`. */
  readonly users: string;
}

/** Roles of Supabase. */
export const supabaseRoles: ActingRoles = { services: "service_role", users: "authenticated" };

/** Begins transactions with a role, as far as the login may set it. Other databases are asked with the login's rights. */
export class ActingAs {
  private looked: Promise<readonly string[]> | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly roles: ActingRoles | undefined,
  ) {}

  /**
   * Returns the statements that begin a transaction. Undefined if no role is to be set.
   * @param user user in whose name it is. Default: the application itself
   */
  async begin(user?: string): Promise<string | undefined> {
    if (!this.roles) return undefined;
    const { services, users } = this.roles;
    const settable = await this.settable([services, users]);
    if (user !== undefined && settable.includes(users)) {
      const claims = escapeLiteral(JSON.stringify({ sub: user, role: users }));
      return `${this.beginAs(users)}; SELECT set_config('request.jwt.claims', ${claims}, true)`;
    }
    // Also where the login inherits it now: that may be taken from it while this runs.
    return settable.includes(services) ? this.beginAs(services) : undefined;
  }

  private readonly beginAs = (role: string) => `BEGIN; SET LOCAL ROLE ${escapeIdentifier(role)}`;

  /** Looks once which of the roles there are, and the login may set. */
  private settable(roles: readonly string[]): Promise<readonly string[]> {
    const text = "SELECT rolname AS name FROM pg_roles WHERE rolname = ANY ($1) AND pg_has_role(oid, 'MEMBER')";
    this.looked ??= this.pool.query<{ name: string }>(text, [roles]).then(
      ({ rows }) => rows.map(({ name }) => name),
      (error: unknown) => {
        this.looked = undefined;
        throw error;
      },
    );
    return this.looked;
  }
}
