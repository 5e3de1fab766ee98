import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { AppSecrets } from "../../components/app-secrets";
import type { Environment } from "../../components/environment";
import { hasChange } from "../../components/migrations";
import { ScheduledRestart } from "../../components/restart";
import { Workload } from "../../components/workload";
import { realApplication, standIn, type Application } from "../application";
import type { Datastores } from "./datastores";
import type { PrismArgs } from "./index";
import { migrations, secretVariables, type PrismSettings } from "./settings";

/** What the services are started with, made once for all of them. */
export interface Configuration {
  readonly application: Application;
  /** The name of the Secret with the secret variables. */
  readonly secret: pulumi.Output<string>;
}

export interface ServicesArgs extends PrismArgs, Datastores, Configuration {
  readonly namespace: pulumi.Input<string>;
}

/** The secret part of "Configuration Variables", and the program. */
export function configuration(
  args: PrismArgs,
  namespace: pulumi.Input<string>,
  parent: pulumi.Resource,
): Configuration {
  const values = secretValues(args, parent);
  return {
    application: applicationOf(args, namespace, parent),
    secret: new AppSecrets("prism-secrets", { namespace, values }, { parent }).secret,
  };
}

/**
 * The background workers of the runbook's "Worker Configuration". `cron` is its cron_restart, made graceful; `needs` is
 * the change without whose table the worker has nothing to work on: where the schema has gone back below it, the
 * worker is stopped, as in "Worker Rollback".
 */
const workers = [
  { role: "model-training", cron: "0 3 * * 0", needs: "ml_models" },
  { role: "monthly-insights", cron: "0 0 1 * *", needs: "user_insights" },
] as const;

/** "API Server Updates" and "BullMQ Workers". */
export function services(args: ServicesArgs, parent: pulumi.Resource) {
  const { namespace, settings, images } = args;
  const api = workload(args, "api", 2, parent);
  const background = workers.map(({ role, cron, needs }) => {
    const replicas = hasChange({ project: migrations, target: settings.schema.target }, needs) ? 1 : 0;
    const worker = workload(args, role, replicas, parent);
    const restart = { namespace, image: images.node, deployment: `prism-${role}`, cron, timeZone: settings.timeZone };
    new ScheduledRestart(`prism-${role}-restart`, restart, { parent });
    return worker;
  });
  const revision = pulumi.all([api, ...background].map((each) => each.revision)).apply((all) => all.join("-"));
  return { url: api.url, revision };
}

/** The four functions of "Edge Functions Deployment", served by one workload. */
export function functions(args: ServicesArgs, parent: pulumi.Resource): Workload {
  return workload(args, "functions", 2, parent);
}

function workload(args: ServicesArgs, role: string, replicas: number, parent: pulumi.Resource): Workload {
  const { settings } = args;
  const program = args.application(role);
  return new Workload(
    `prism-${role}`,
    {
      ...program,
      system: "prism",
      release: settings.release,
      namespace: args.namespace,
      replicas,
      environment: { ...environment(args), ...program.environment },
      environmentFrom: [args.secret],
      rolloutDeadlineSeconds: settings.rolloutDeadlineSeconds,
    },
    { parent },
  );
}

function applicationOf(
  { settings, images }: PrismArgs,
  namespace: pulumi.Input<string>,
  parent: pulumi.Resource,
): Application {
  if ("standIn" in settings.application) {
    const requires = ["DATABASE_URL", "REDIS_URL", "SUPABASE_URL", ...Object.values(secretVariables)];
    return standIn({ system: "prism", namespace, image: images.node, requires }, { parent });
  }
  const { api, functions } = settings.application;
  const worker = (role: string) => ({ image: api, command: ["node", `dist/workers/${role}.worker.js`] });
  return realApplication(settings.release, {
    // The API's health is all that the runbook asks: "curl http://localhost:3000/health". Its workers serve nothing.
    api: { image: api, command: ["node", "dist/server.js"], probes: { ready: "/health" } },
    "model-training": worker("model-training"),
    "monthly-insights": worker("monthly-insights"),
    functions: { image: functions },
  });
}

/** The runbook's "Configuration Variables" that are not secret, and the two connection strings. */
function environment({ settings, database, queue, namespace }: ServicesArgs): Environment {
  return {
    DATABASE_URL: database.login("prism_app").url(),
    REDIS_URL: queue.url,
    SUPABASE_URL: supabaseUrl(settings, namespace),
    FEEDBACK_BATCH_SIZE: String(settings.feedbackBatchSize),
    RETRAINING_THRESHOLD: String(settings.retrainingThreshold),
    INSIGHTS_BATCH_SIZE: String(settings.insightsBatchSize),
    MODEL_CONFIDENCE_THRESHOLD: String(settings.modelConfidenceThreshold),
    RELEASE: settings.release,
    PORT: "3000",
  };
}

/** Where the edge functions are: the Supabase project, or this cluster's own. */
function supabaseUrl(settings: PrismSettings, namespace: pulumi.Input<string>): pulumi.Input<string> {
  return settings.supabaseUrl ?? pulumi.interpolate`http://prism-functions.${namespace}:3000`;
}

/** The secret environment: from the stack's secrets; on a stack that generates them, what is missing is made up. */
function secretValues(
  { settings, secrets }: PrismArgs,
  parent: pulumi.Resource,
): Record<string, pulumi.Output<string>> {
  const values: Record<string, pulumi.Output<string>> = {};
  for (const [key, variable] of Object.entries(secretVariables)) {
    const value = secrets[key] ?? (settings.generateSecrets ? generated(key, parent) : undefined);
    if (value) values[variable] = value;
  }
  if (secrets.sentryDsn) values.SENTRY_DSN = secrets.sentryDsn;
  return values;
}

function generated(key: string, parent: pulumi.Resource): pulumi.Output<string> {
  const name = `prism-generated-${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return pulumi.interpolate`generated-${new random.RandomPassword(name, { length: 32, special: false }, { parent }).result}`;
}
