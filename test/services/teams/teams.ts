/** The five teams: where each has its database, what its tool applied there, its logins and some rows. */
import {
  muedMigrations,
  omniopsMigrations,
  pmMigrations,
  prismMigrations,
  type TeamMigrations,
} from "../../support/teams/migrations";
import { pgvectorInstalled } from "../pgvector";
import { type Account, neonServer, ownServer, supabaseServer, type TeamServer } from "./servers";
import { drizzle, flyway, supabase, type MigrationTool } from "./tools";

/** A team's migrations, and how much of them its tool has applied before Runsheet comes. */
export interface Tool {
  readonly migrations: TeamMigrations;
  readonly by: MigrationTool;
  /** Number of migrations that are applied. */
  readonly applied: number;
}

export interface Team {
  /** Name of the system. */
  readonly system: string;
  /** @param podAddress address of this machine that pods reach. Default: only this machine reaches the server */
  readonly start: (podAddress?: string) => Promise<TeamServer>;
  /** Roles that the team made as the owner of the database, with the application's login. */
  readonly roles: string;
  /** Login of the application. Default: that of the migrations. */
  readonly application?: Account;
  /** True if the application connects through a pooler in transaction mode. Default: false. */
  readonly pooled?: boolean;
  /** Default: the system has no migrations. */
  readonly tool?: Tool;
  /** Rows that the team has, as SQL that its owner runs. */
  readonly rows: string;
  /** Table with rows that nobody changes, and their number. */
  readonly kept: { readonly table: string; readonly rows: number };
}

const password = "app@pass:w/%rd";

/** Roles that the application and people with read access log in with. */
const roles = (system: string, of = "") =>
  `CREATE ROLE ${system}_app LOGIN PASSWORD '${password}'${of}; CREATE ROLE ${system}_read_only LOGIN PASSWORD '${password}'`;

export const prism: Team = {
  system: "prism",
  start: (podAddress) => supabaseServer({ podAddress }),
  roles: roles("prism", " IN ROLE service_role"),
  application: { user: "prism_app", password },
  tool: { migrations: prismMigrations, by: supabase, applied: 4 },
  rows: `INSERT INTO businesses (owner_id, name) SELECT '00000000-0000-4000-8000-00000000000a', 'Business ' || n FROM generate_series(1, 9) AS n;
    INSERT INTO invoices (business_id, invoice_number, total_amount) SELECT id, 'A-' || n, n FROM businesses, generate_series(1, 5) AS n
      WHERE name LIKE 'Business%';
    INSERT INTO ai_feedback (business_id, user_id, subject_type, subject_id, prediction, correction)
      SELECT id, owner_id, 'business', id, '{}', '{"category": "rent"}' FROM businesses WHERE name LIKE 'Business%'`,
  kept: { table: "invoices", rows: 46 },
};

export const omniops: Team = {
  system: "omniops",
  start: async (podAddress) => {
    await pgvectorInstalled();
    // The guide asks for both settings, and Supabase lets a team set them.
    const settings = { max_connections: "200", work_mem: "16MB" };
    return supabaseServer({ podAddress, settings, extensions: ["vector", "pg_trgm"] });
  },
  roles: roles("omniops", " IN ROLE service_role"),
  application: { user: "omniops_app", password },
  pooled: true,
  tool: { migrations: omniopsMigrations, by: supabase, applied: 5 },
  rows: `INSERT INTO customers (id, owner_id, name) VALUES ('acme', '00000000-0000-4000-8000-00000000000a', 'Acme');
    INSERT INTO conversations (id, customer_id) VALUES ('00000000-0000-4000-8000-0000000000c1', 'acme');
    INSERT INTO messages (conversation_id, role, content, created_at)
      SELECT '00000000-0000-4000-8000-0000000000c1', 'customer', 'Message ' || n, now() - interval '1 year' FROM generate_series(1, 20) AS n`,
  kept: { table: "messages", rows: 20 },
};

export const mued: Team = {
  system: "mued",
  start: (podAddress) => neonServer(podAddress, 5_000),
  roles: roles("mued"),
  application: { user: "mued_app", password },
  pooled: true,
  tool: { migrations: muedMigrations, by: drizzle, applied: 3 },
  rows: `INSERT INTO users (clerk_id, email) SELECT 'user_' || n, n || '@mued.test' FROM generate_series(1, 10) AS n;
    INSERT INTO materials (title, creator_id) SELECT 'Scales of ' || clerk_id, id FROM users;
    INSERT INTO ai_dialogue_log (user_id, session_id, query, response, created_at)
      SELECT id, gen_random_uuid(), 'What is a fugue?', 'A piece for several voices.', now() - interval '1 year' FROM users`,
  kept: { table: "materials", rows: 11 },
};

export const pm: Team = {
  system: "pm",
  start: (podAddress) => ownServer("pm", ["pg_stat_statements"], podAddress),
  roles: roles("pm"),
  application: { user: "pm_app", password },
  tool: { migrations: pmMigrations, by: flyway, applied: 12 },
  rows: `INSERT INTO signals (source, content, external_id) SELECT 'slack', 'Signal ' || n, n::text FROM generate_series(1, 30) AS n;
    INSERT INTO opportunities (title) SELECT 'Opportunity ' || n FROM generate_series(1, 7) AS n`,
  kept: { table: "opportunities", rows: 7 },
};

export const aiBackend: Team = {
  system: "ai-backend",
  start: (podAddress) => supabaseServer({ podAddress }),
  roles: "",
  pooled: true,
  rows: "CREATE TABLE predictions AS SELECT n AS id, 'fraud' AS model FROM generate_series(1, 25) AS n",
  kept: { table: "predictions", rows: 25 },
};

export const teams: readonly Team[] = [prism, omniops, mued, pm, aiBackend];
