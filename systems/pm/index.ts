import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import { readText } from "../../components/identity/text-file";
import { maintenanceOff, writesEnded } from "../../components/checks/maintenance";
import { System, type SystemArgs } from "../../components/system";
import type { CheckVariables } from "../../components/system/system-checks";
import { known } from "../known";
import { backend, configuration, frontend } from "./application";
import {
  accessible,
  backendServices,
  changeable,
  existingTables,
  fixedChecks,
  isTestedInMaintenance,
  prerequisites,
  smokeTests,
  views,
} from "./checks";
import { maintenanceOn } from "./maintenance";
import { failed, started, succeeded, webhookSecret } from "./notifications";
import { scheduledRelease, schedules } from "./schedules";
import { flagsOf, pmConfiguration, type PmSettings } from "./settings";
import { conditions } from "./watch";

/** Roles beside the owner: the application, which also reads how busy the database is, and people with read access. */
const roles = [
  { name: "pm_app", login: true, memberOf: ["pg_read_all_stats"] },
  { name: "pm_read_only", login: true },
];

/** PM Intelligence, from its "Deployment Runbook": the headings of the runbook are the titles of the steps. */
export class Pm extends System<PmSettings> {
  constructor(args: SystemArgs<PmSettings>, opts?: pulumi.ComponentResourceOptions) {
    const { slackWebhookUrl } = args.secrets;
    super(
      {
        name: "pm",
        title: "PM Intelligence Platform: Deployment Runbook",
        onFailure: slackWebhookUrl && failed(args.settings, slackWebhookUrl),
        foundation: { title: "Pre-Deployment Checklist: Infrastructure", verify: "the database and Redis are ready" },
        migrations: pmConfiguration.migrations,
        parts: pmConfiguration.parts,
        schemaChecks: pmConfiguration.schemaChecks,
        database: {
          applicationRole: "pm_app",
          roles,
          extensions: ["pg_stat_statements"],
          tables: existingTables,
          // One more processes scheduled reports.
          connections: { pods: args.settings.replicas.backend + 1 },
          // That this setting is there makes CloudNativePG load the library.
          parameters: { "pg_stat_statements.max": "5000" },
        },
        redis: {},
        maintenanceKeys: flagsOf(args.settings),
        baseline: { "baseline.sql": readText(join(__dirname, "baseline.sql")) },
      },
      args,
      opts,
    );
    const { settings } = this;
    this.prerequisites(
      {
        title: "Pre-Deployment Checklist: Database, Configuration",
        verify: "PostgreSQL with pg_stat_statements and the existing schema, a Redis that keeps the flag",
      },
      prerequisites(this),
    );
    const configured = this.configuration({ title: "Phase 3, 2: Update Environment Variables" }, configuration(this));
    const { secretVariables } = configured;
    const channel = this.step("channel", { title: "Phase 1, 1: Notify Stakeholders, the channel" }, (step) => ({
      environment: slackWebhookUrl ? webhookSecret(this.namespace, slackWebhookUrl, step) : {},
    }));
    this.check(
      "notify-start",
      { title: "Phase 1, 1: Notify Stakeholders", verify: "the channel took the message" },
      slackWebhookUrl ? [started(settings)] : [],
      channel,
    );
    // The runbook takes its backup before: what is written between the two would be lost by a restore.
    const ended = writesEnded(settings.maintenanceDrainSeconds);
    const { run: maintenance } = this.step(
      "maintenance-on",
      {
        title: "Phase 1, 3: Enable Maintenance Mode",
        verify: "the application answers 503",
        revert: "maintenance-off, once everything after this is done",
        leaves: { what: "maintenance mode, if it was on", until: "maintenance-off" },
      },
      // Whatever makes the checks after it run again needs the maintenance, too.
      (step) => maintenanceOn(this, configured, [...this.triggers.schemaChange, JSON.stringify(ended)], step),
    );
    this.check(
      "writes-ended",
      { title: "Phase 1, 3: Enable Maintenance Mode", verify: "nothing is being written" },
      ended,
      { trigger: [...this.triggers.schemaChange, maintenance] },
    );
    this.backup({
      title: "Phase 1, 2: Create Backup",
      verify: "the dump was restored into a server of its own, and verified there",
    });
    this.migrate(
      {
        title: "Phase 2: Database Migration",
        verify: "each change's verify script: tables, indexes, functions, views, by name",
        revert: "schema.target: the changes above it, in reverse order",
      },
      {
        verification: {
          title: "Phase 2, 3: Verify Tables Created",
          verify: "the versions in Flyway's history, the tables and views, valid indexes and constraints",
        },
      },
    );
    this.check(
      "views",
      { title: "Phase 2, 4: Initialize Materialized Views", verify: "both can be read" },
      views(this),
      { trigger: this.triggers.database },
    );
    const api = this.step(
      "backend",
      { title: "Phase 3: Backend Deployment", verify: "every pod is ready", revert: "the release before" },
      (step) => backend(this, configured, step),
    );
    this.check(
      "backend-services",
      { title: "Phase 3, 4: Verify Backend Services", verify: "the version, the database connection" },
      backendServices(this),
      { workloads: [api], environment: { ...secretVariables, BACKEND_URL: api.url } },
    );
    const web = this.step(
      "frontend",
      { title: "Phase 4: Frontend Deployment", verify: "every pod is ready", revert: "the release before" },
      (step) => frontend(this, configured, api, step),
    );
    this.rollback({ title: "Rollback Procedure: Rollback Steps", verify: "the verify scripts of what is left" }, [
      api,
      web,
    ]);
    this.ingress("Pre-Deployment Checklist: SSL certificates valid, Load balancer configured", {
      "/api": "pm-backend",
      "/": "pm-frontend",
    });
    const served = {
      environment: { ...secretVariables, BACKEND_URL: api.url, FRONTEND_URL: web.url },
    };
    const isTestedFirst = isTestedInMaintenance(settings);
    if (!isTestedFirst) this.endMaintenance(maintenance, served);
    this.verify(
      {
        title: "Phase 5: Post-Deployment Verification",
        verify: "the six smoke tests, the metrics' thresholds, the database's health, the homepage",
      },
      smokeTests(this),
      {
        configured,
        environment: { ...served.environment, DEPLOYMENT: this.deploymentId },
        workloads: [api, web],
      },
    );
    this.step("schedules", { title: "Phase 6: Cron Jobs Setup", verify: "the schedules are there" }, (step) =>
      schedules(this, configured, api, step),
    );
    if (isTestedFirst) this.endMaintenance(maintenance, served);
    // The message after it says that the deployment is a success, which nobody knows before.
    this.watch("Phase 8, 3: Monitor for 1 Hour", conditions(settings), [api, web], scheduledRelease(this));
    this.check(
      "notify-success",
      { title: "Phase 8, 2: Send Deployment Complete Notification", verify: "the channel took the message" },
      slackWebhookUrl ? [succeeded(settings)] : [],
      // Also when new pods were what failed before, under the same release.
      { ...channel, trigger: [...this.triggers.deployment, api.revision, web.revision] },
    );
    this.finish(web, {
      neo4j: `${settings.neo4j.uri}: nothing here backs it up, and when PostgreSQL is restored it is ahead of it`,
    });
  }

  /** Declares the steps that end the maintenance mode, and look whether users are served. */
  private endMaintenance(maintenance: pulumi.Output<string>, variables: CheckVariables): void {
    const maintenanceEnded = this.check(
      "maintenance-off",
      { title: "Phase 8, 1: Disable Maintenance Mode", verify: "the flag is gone" },
      maintenanceOff(flagsOf(this.settings)),
      // Whenever it was turned on.
      { trigger: [...this.triggers.schemaChange, maintenance] },
    );
    // Apart from it: when this fails, the maintenance is over all the same.
    this.check(
      "accessible",
      { title: "Phase 8, 1: Disable Maintenance Mode, verify site accessible", verify: "users are served" },
      accessible(this),
      { ...variables, trigger: maintenanceEnded ? [maintenanceEnded] : [] },
    );
  }
}

export const pm = known("pm", { ...pmConfiguration, checks: changeable, conditions, fixedChecks }, Pm);
