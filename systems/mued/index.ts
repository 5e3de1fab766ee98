import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import { readText } from "../../components/identity/text-file";
import { asUsersReach } from "../../components/system/public-url";
import { reasons } from "../../components/system/fixed-checks";
import { System, type SystemArgs } from "../../components/system";
import { isStandIn } from "../../components/system/settings";
import { known } from "../known";
import { application, configuration } from "./application";
import { calculated, dataValidation, metrics, metricsSchedule } from "./metrics";
import { existingTables, prerequisites, smokeTests } from "./checks";
import { queryPerformance } from "./measure";
import { queries } from "./performance";
import { defaultTarget, muedConfiguration, type MuedSettings } from "./settings";
import { conditions } from "./watch";

/** Roles beside the owner: the application, and people with read access. */
const roles = [
  { name: "mued_app", login: true },
  { name: "mued_read_only", login: true },
];

/** MUED LMS, from its "Phase 2 Deployment Checklist": the headings of the checklist are the titles of the steps. */
export class Mued extends System<MuedSettings> {
  constructor(args: SystemArgs<MuedSettings>, opts?: pulumi.ComponentResourceOptions) {
    super(
      {
        name: "mued",
        title: "Phase 2 Deployment Checklist",
        foundation: { title: "Pre-Deployment Verification: Environment Setup", verify: "the database is ready" },
        migrations: muedConfiguration.migrations,
        parts: muedConfiguration.parts,
        schemaChecks: muedConfiguration.schemaChecks,
        defaultTarget: defaultTarget(args.settings),
        database: {
          applicationRole: "mued_app",
          roles,
          tables: existingTables,
          // The batch job of an application is one more.
          connections: { pods: args.settings.replicas + (isStandIn(args.settings) ? 0 : 1) },
        },
        baseline: { "baseline.sql": readText(join(__dirname, "baseline.sql")) },
      },
      args,
      opts,
    );
    this.prerequisites(
      {
        title: "Verify Database Connection, Check Current State",
        verify: "PostgreSQL 14 or later with users and materials, as the application and the migrations need them",
      },
      prerequisites(this),
    );
    this.backup({
      title: "Production Backup (CRITICAL)",
      verify: "the dump was restored into a server of its own, and verified there",
    });
    this.migrate(
      {
        title: "Production Migration Execution",
        verify: "tests 1 to 5 and the later ones: tables, columns, enums, plugins, indexes, foreign keys, by name",
        revert: "schema.target: the changes above it, in reverse order",
      },
      {
        together: args.settings.singleTransaction,
        verification: {
          title: "Phase 1: Migration Execution, steps 1.4, 1.6 and 1.8",
          verify: "tests 1 to 5, the indexes and foreign keys by name, valid indexes and constraints",
        },
      },
    );
    this.step(
      "data-validation",
      { title: "Phase 2: Data Validation", verify: "test data is stored as it should be, and none is left" },
      (step) => dataValidation(this, step),
    );
    // The batch job of an application belongs to its release: going back to the one before must not wait for it.
    const isOfRelease = !isStandIn(args.settings);
    const configured = this.configuration({ title: "Production Environment Deployment" }, configuration(this));
    this.step("batch-job", { title: "Phase 3: Batch Job Testing: Test Batch Job Execution" }, (step) =>
      metrics(this, configured, step),
    );
    this.check(
      "batch-job-result",
      { title: "Phase 3: Batch Job Testing: Verify Batch Job Results", verify: "a record of the day before" },
      calculated(this),
      { trigger: isOfRelease ? this.triggers.deployment : this.triggers.database },
    );
    this.step(
      "performance",
      {
        title: "Phase 4: Query Performance Testing",
        verify: "each query uses its index and is within its time",
        after: isOfRelease ? ["configuration"] : undefined,
      },
      (step) => queryPerformance(this, step),
    );
    const app = this.step(
      "application",
      { title: "Production Environment Deployment", verify: "every pod is ready", revert: "the release before" },
      (step) => application(this, configured, step),
    );
    this.rollback({ title: "Rollback Procedures: Rollback Execution", verify: "the verify scripts of what is left" }, [
      app,
    ]);
    this.verify(
      {
        title: "Production Verification (Immediate)",
        verify: "health, the tables, the critical endpoint, and none of the rollback triggers",
        after: isOfRelease ? ["rollback", "batch-job-result"] : undefined,
      },
      smokeTests(this),
      { configured, environment: { APP_URL: app.url, DEPLOYMENT: this.deploymentId }, workloads: [app] },
    );
    this.ingress("Ingress with TLS (the checklist has none)", { "/": "mued-web" });
    this.watch("Production Monitoring (24 hours); When to Rollback", conditions(this.settings), [app]);
    this.step("schedule", { title: "Batch Job", verify: "the schedule is there" }, (step) =>
      metricsSchedule(this, configured, step),
    );
    this.reachable(asUsersReach(this.settings, "/api/health"), [app]);
    this.finish(app);
  }
}

export const mued = known(
  "mued",
  {
    ...muedConfiguration,
    conditions,
    checks: (system) => [
      ...prerequisites(system),
      ...smokeTests(system).checks,
      ...smokeTests(system).cleanup,
      ...calculated(system),
      ...asUsersReach(system.settings, "/api/health"),
    ],
    fixedChecks: () =>
      reasons(
        queries.map(({ name }) => name),
        "it is a measurement of the checklist's; with rag_indexes in mued:schema.without none is made",
      ),
  },
  Mued,
);
