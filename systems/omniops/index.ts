import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import { readText } from "../../components/identity/text-file";
import { serviceRole, supabaseBaseline, supabaseRoles } from "../../components/postgres/supabase";
import { asUsersReach } from "../../components/system/public-url";
import { System, type SystemArgs } from "../../components/system";
import { podsOf } from "../../components/system/workload-settings";
import { known } from "../known";
import { configuration, featureFlags, phase4 } from "./application";
import { backfill, backfillImages } from "./backfill";
import { existingTables, extensions, migrated, prerequisites, smokeTests } from "./checks";
import { recovery } from "./recovery";
import { omniopsConfiguration, type OmniopsSettings } from "./settings";
import { conditions } from "./watch";

/** Supabase's roles, and the two that log in: the application, and people who look. */
const roles = [
  ...supabaseRoles,
  { name: "omniops_app", login: true, memberOf: supabaseRoles.map(({ name }) => name), inherits: false },
  { name: "omniops_read_only", login: true },
];

/**
 * "Redis Configuration", word for word: a queue whose jobs are also in the database, so that it keeps nothing. Its
 * "maxmemory 10gb" is the default of `redis.maxMemory`.
 */
const redisSettings = {
  "maxmemory-policy": "allkeys-lru",
  timeout: "300",
  "tcp-keepalive": "60",
  save: "",
  appendonly: "no",
};

/** OmniOps, from its "Phase 4 Deployment Guide": the headings of the guide are the titles of the steps. */
export class Omniops extends System<OmniopsSettings> {
  constructor(args: SystemArgs<OmniopsSettings>, opts?: pulumi.ComponentResourceOptions) {
    super(
      {
        name: "omniops",
        title: "Phase 4 Deployment Guide",
        foundation: {
          title: "Environment Setup: Infrastructure Provisioning",
          verify: "the database with its extensions, and Redis, are ready",
        },
        migrations: omniopsConfiguration.migrations,
        parts: omniopsConfiguration.parts,
        schemaChecks: omniopsConfiguration.schemaChecks,
        database: {
          applicationRole: "omniops_app",
          actsAs: serviceRole,
          roles,
          extensions,
          tables: existingTables,
          // Two more are the requeueing and the backfill.
          connections: { pods: podsOf(args.settings.workloads) + 2 },
          parameters: { max_connections: "200", work_mem: "16MB" },
        },
        redis: { settings: redisSettings, persistent: false },
        baseline: {
          "supabase.sql": supabaseBaseline(),
          "baseline.sql": readText(join(__dirname, "baseline.sql")),
        },
      },
      args,
      opts,
    );
    this.prerequisites(
      {
        title: "Environment Setup: Prerequisites",
        verify:
          "PostgreSQL 15 or later with its settings, extensions and existing schema, Redis 7 or later, every required secret",
      },
      prerequisites(args.settings),
      backfillImages(args.settings),
    );
    this.backup({
      title: "Backup Strategy: Full backup before migration",
      verify: "the dump was restored into a server of its own, and verified there",
    });
    const configured = this.configuration({ title: "Configuration Management" }, configuration(this));
    this.migrate(
      {
        title: "Database Migrations: Create Phase 4 Tables",
        verify: "each change's verify script: tables, indexes, foreign keys, row security with its policies, by name",
        revert: "schema.target: the changes above it, in reverse order",
      },
      {
        verification: {
          title: "Database Migrations: Verify tables created; Check foreign key constraints",
          verify: "the tables, row security and its policies, the foreign key that the guide names, valid constraints",
        },
      },
    );
    this.step(
      "backfill",
      {
        title: "Database Migrations: Backfill Historical Data",
        verify: "the dry run wrote nothing and its number is the database's; afterwards no message lacks its analysis",
      },
      (step) => backfill(this, configured, step),
    );
    this.check(
      "verify-migration",
      {
        title: "Database Migrations: Verify Migration",
        verify: "row counts, and each foreign key by its name, validated",
      },
      migrated(this),
      { trigger: this.triggers.database },
    );
    const flags = this.step(
      "feature-flags",
      { title: "Feature Flag Management", verify: "no feature goes further than what it builds on" },
      (step) => featureFlags(this, step),
    );
    const app = this.step(
      "application",
      {
        title: "Application Deployment: Kubernetes Deployment",
        verify: "every pod is ready",
        revert: "the release before",
      },
      (step) => phase4(this, configured, flags, step),
    );
    this.rollback({ title: "Rollback: the changes above the target", verify: "the verify scripts of what is left" }, [
      app,
    ]);
    this.verify(
      {
        title: "Deployment Checklist: Verify health checks passing, Run smoke tests",
        verify: "health, readiness, the feature flags, a message",
      },
      smokeTests(this),
      { configured, environment: { APP_URL: app.url }, workloads: [app] },
    );
    this.ingress("Configuration Management: NEXT_PUBLIC_APP_URL", { "/": "omniops-phase4" });
    this.watch("Deployment Checklist: Monitor for 2 hours", conditions, [app]);
    this.step(
      "recovery",
      { title: "Disaster Recovery Procedures: Redis Failure", verify: "the schedule is there" },
      (step) => recovery(this, configured, step),
    );
    this.reachable(asUsersReach(this.settings, "/api/health"), [app]);
    this.finish(app);
  }
}

export const omniops = known(
  "omniops",
  {
    ...omniopsConfiguration,
    conditions: () => conditions,
    checks: (system) => [
      ...prerequisites(system.settings),
      ...migrated(system),
      ...smokeTests(system).checks,
      ...smokeTests(system).cleanup,
      ...asUsersReach(system.settings, "/api/health"),
    ],
  },
  Omniops,
);
