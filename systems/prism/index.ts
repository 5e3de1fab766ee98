import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { changeId } from "../../components/change-id";
import { Dump } from "../../components/dump";
import { Migrations, Reversion, schemaHash } from "../../components/migrations";
import { systemNamespace } from "../../components/namespace";
import { Runbook, type StepRecord } from "../../components/runbook";
import { SmokeTest, smokeTestRunner } from "../../components/smoke-test";
import { Task } from "../../components/task";
import type { Images } from "../settings";
import { prerequisites, smokeTests } from "./checks";
import { datastores } from "./datastores";
import { maintenance } from "./maintenance";
import { configuration, functions, services } from "./services";
import { migrations, type PrismSettings } from "./settings";

export interface PrismArgs {
  readonly settings: PrismSettings;
  /** The secret values that the stack has, by configuration key. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  readonly images: Images;
  /** The operator that runs PostgreSQL, where the stack installs it. Default: the cluster has it. */
  readonly operator?: pulumi.Resource;
  /** Whether what holds data can be deleted only after `pulumi state unprotect`. */
  readonly protect: boolean;
}

/** PRISM, from its "PRISM Phase 5 Deployment Runbook": the headings of the runbook are the titles of the steps. */
export class Prism extends pulumi.ComponentResource {
  readonly release: string;
  readonly steps: pulumi.Output<StepRecord[]>;
  readonly apiUrl: pulumi.Output<string>;

  constructor(args: PrismArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Prism", "prism", {}, opts);
    const { settings, images, protect } = args;
    const { target } = settings.schema;
    const schema = schemaHash({ project: migrations, target });
    const runbook = new Runbook("prism", { title: "PRISM Phase 5 Deployment Runbook" }, { parent: this });

    const { namespace, database, queue, runner, deployment, generation } = runbook.step(
      "environment",
      { title: "Environment Requirements", verify: "the database and Redis are ready" },
      (step) => {
        const namespace = systemNamespace("prism", { parent: step, protect }).metadata.name;
        const stores = datastores(namespace, args, step);
        if (settings.baseline) {
          new Task(
            "prism-baseline",
            {
              namespace,
              image: images.postgresql,
              command: ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=/runsheet/baseline.sql"],
              files: { "baseline.sql": readFileSync(join(__dirname, "baseline.sql"), "utf8") },
              environment: stores.database.owner.environment(),
              trigger: [stores.database.identity],
            },
            { parent: step, dependsOn: stores.database },
          );
        }
        const keepers = { release: settings.release, target: target ?? "" };
        return {
          namespace,
          ...stores,
          runner: smokeTestRunner(namespace, { parent: step }),
          deployment: changeId("prism-deployment", keepers, { parent: step }),
          generation: changeId("prism-schema", { target: keepers.target }, { parent: step }),
        };
      },
    );

    runbook.step(
      "prerequisites",
      {
        title: "Pre-Deployment Checklist",
        verify: "PostgreSQL 14 or later with the existing PRISM schema, Redis 6.2 or later, every required secret",
      },
      (step) =>
        new SmokeTest(
          "prism-prerequisites",
          {
            namespace,
            image: images.node,
            runner,
            checks: prerequisites(settings),
            environment: { ...database.owner.environment(), REDIS_URL: queue.url },
            trigger: [deployment, schema, database.identity],
          },
          { parent: step },
        ),
    );

    runbook.step(
      "backup",
      {
        title: "A verified dump before the migrations (the runbook has none)",
        verify: "the dump was read back whole and holds every table of the database",
      },
      (step) =>
        new Dump(
          "prism-dump",
          {
            namespace,
            image: images.postgresql,
            database,
            // The last part makes the name new when a release comes back: the earlier dump may hold what is dropped since.
            fileName: pulumi.interpolate`prism-before-${settings.release}-${schema}-${deployment}`,
            trigger: [deployment, schema],
            ...settings.dump,
            protect,
          },
          { parent: step },
        ),
    );

    const scripts = { namespace, image: images.sqitch, project: migrations, database, generation };
    runbook.step(
      "migrate",
      {
        title: "Database Migrations",
        verify: "each change's verify script: tables, row security, policies, indexes by name",
        revert: "schema.target: the changes above it, in reverse order",
      },
      (step) => new Migrations("prism-migrate", { ...scripts, target }, { parent: step }),
    );

    const configured = runbook.step("configuration", { title: "Configuration Variables" }, (step) =>
      configuration(args, namespace, step),
    );
    const serving = { ...args, ...configured, namespace, database, queue };
    const api = runbook.step(
      "services",
      { title: "Service Deployment", verify: "every pod is ready", revert: "the release before" },
      (step) => services(serving, step),
    );
    const edge = runbook.step(
      "functions",
      {
        title: "Edge Functions Deployment",
        verify: "every pod is ready",
        revert: "the release before",
        after: ["configuration"],
      },
      (step) => functions(serving, step),
    );

    runbook.step(
      "rollback",
      {
        title: "Rollback Procedures: Database Rollback",
        verify: "the verify scripts of what is left",
        after: ["services", "functions"],
      },
      (step) =>
        target === undefined ? undefined : new Reversion("prism-revert", { ...scripts, target }, { parent: step }),
    );

    runbook.step(
      "verify",
      {
        title: "Post-Deployment Verification",
        verify: "health, Redis, the database, the four functions, feedback, insights, profile",
      },
      (step) =>
        new SmokeTest(
          "prism-smoke-test",
          {
            namespace,
            image: images.node,
            runner,
            ...smokeTests(settings),
            environment: {
              ...database.login("prism_app").environment(),
              REDIS_URL: queue.url,
              API_URL: api.url,
              FUNCTIONS_URL: edge.url,
            },
            environmentFrom: [configured.secret],
            trigger: [deployment, schema, database.identity, api.revision, edge.revision],
          },
          { parent: step },
        ),
    );

    runbook.step("maintenance", { title: "Maintenance", verify: "the schedules are there" }, (step) =>
      maintenance({ namespace, settings, images, database }, step),
    );

    this.release = settings.release;
    this.steps = runbook.steps;
    this.apiUrl = api.url;
    this.registerOutputs({ release: this.release, steps: this.steps });
  }
}
