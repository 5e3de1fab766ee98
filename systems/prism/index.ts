import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import { readText } from "../../components/identity/text-file";
import { serviceRole, supabaseBaseline, supabaseRoles } from "../../components/postgres/supabase";
import { asUsersReach } from "../../components/system/public-url";
import { System, type SystemArgs } from "../../components/system";
import { podsOf } from "../../components/system/workload-settings";
import { known } from "../known";
import { existingTables, prerequisites, smokeTests, steadiness } from "./checks";
import { maintenance } from "./maintenance";
import { functions } from "./functions";
import { configuration, services } from "./services";
import { sentryTest } from "./sentry";
import { prismConfiguration, type PrismSettings } from "./settings";
import { conditions } from "./watch";

/** Supabase's roles, and the two that log in: the services, and people who look. */
const roles = [
  ...supabaseRoles,
  { name: "prism_app", login: true, memberOf: supabaseRoles.map(({ name }) => name), inherits: false },
  { name: "prism_read_only", login: true },
];

/** PRISM, from its "PRISM Phase 5 Deployment Runbook": the headings of the runbook are the titles of the steps. */
export class Prism extends System<PrismSettings> {
  constructor(args: SystemArgs<PrismSettings>, opts?: pulumi.ComponentResourceOptions) {
    const { "prism-functions": _, ...others } = args.settings.workloads;
    const pods = podsOf(args.settings.functions.engine === "kubernetes" ? args.settings.workloads : others);
    super(
      {
        name: "prism",
        title: "PRISM Phase 5 Deployment Runbook",
        foundation: { title: "Environment Requirements", verify: "the database and Redis are ready" },
        migrations: prismConfiguration.migrations,
        parts: prismConfiguration.parts,
        schemaChecks: prismConfiguration.schemaChecks,
        database: {
          ...{ applicationRole: "prism_app", actsAs: serviceRole, roles },
          ...{ tables: existingTables, connections: { pods } },
        },
        redis: {},
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
        title: "Pre-Deployment Checklist",
        verify: "PostgreSQL 14 or later with the existing PRISM schema, Redis 6 or later, every required secret",
      },
      prerequisites(args.settings),
    );
    this.backup({
      title: "A verified dump before the migrations (the runbook has none)",
      verify: "the dump was restored into a server of its own, and verified there",
    });
    this.migrate(
      {
        title: "Database Migrations",
        verify: "each change's verify script: tables, row security, policies, indexes by name",
        revert: "schema.target: the changes above it, in reverse order",
      },
      {
        verification: {
          title: "Database Migrations: Verification Queries",
          verify: "the tables, row security and its policies, valid indexes and constraints",
        },
      },
    );
    const configured = this.configuration({ title: "Configuration Variables" }, configuration(this));
    const rollout = { verify: "every pod is ready", revert: "the release before" };
    const serving = this.step("services", { title: "Service Deployment", ...rollout }, (step) =>
      services(this, configured, step),
    );
    const edge = this.step(
      "functions",
      { title: "Edge Functions Deployment", ...rollout, after: ["configuration"] },
      (step) => functions(this, configured, args.secrets.supabaseAccessToken, step),
    );
    const workloads = [serving.api, ...serving.workers, ...edge.workloads];
    this.rollback(
      {
        title: "Rollback Procedures: Database Rollback",
        verify: "the verify scripts of what is left",
        after: ["services", "functions"],
      },
      workloads,
    );
    this.verify(
      {
        title: "Post-Deployment Verification",
        verify: "health, Redis, the database, the four functions, feedback, insights, profile",
      },
      smokeTests(this),
      {
        configured,
        environment: { API_URL: serving.api.url, FUNCTIONS_URL: edge.url },
        workloads,
      },
    );
    if (args.settings.sentryTest)
      this.step(
        "sentry-test",
        { title: "Monitoring Setup: Verify error tracking", verify: "Sentry took a test message" },
        (step) => sentryTest(this, configured, step),
      );
    this.ingress("Ingress with TLS (the runbook has none)", { "/": "prism-api" });
    this.watch("Monitoring Setup: Set up alerts, watched after the release", conditions, workloads);
    this.step("maintenance", { title: "Maintenance", verify: "the schedules are there" }, (step) =>
      maintenance(this, step),
    );
    this.reachable(asUsersReach(this.settings, "/health"), [serving.api]);
    this.finish(serving.api);
  }
}

export const prism = known(
  "prism",
  {
    ...prismConfiguration,
    conditions: () => conditions,
    checks: (system) => [
      ...prerequisites(system.settings),
      ...smokeTests(system).checks,
      ...smokeTests(system).cleanup,
      ...steadiness(system.settings),
      ...asUsersReach(system.settings, "/health"),
    ],
  },
  Prism,
);
