/** The configuration of a system's application. */
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../kubernetes/environment";
import type { Step } from "../runbook";
import { Workload, type WorkloadArgs } from "../workload";
import { realApplication, standIn, type Application, type RealPrograms } from "./application";
import { watchOf } from "./configured-watch";
import type { Foundation } from "./foundation";
import { secretEnvironment, secretValues } from "./secrets";
import { podOf, settingsOf } from "./workload-pod";
import type { CommonSettings, SecretVariables } from "./settings";

/** The application and its variables, for all workloads and scripts of a system. */
export interface Configured {
  readonly application: Application;
  /** References to the secret variables, which are in `environment`, too. */
  readonly secretVariables: Environment;
  /** References to Secrets whose name stays when a value is new: what has them is not run again for it. */
  readonly steadySecrets: Environment;
  /** Values of the secret variables, for what needs only some of them. Those of a Secret of others are missing. */
  readonly secretValues: Readonly<Record<string, pulumi.Output<string>>>;
  /** Variables with which clients verify the database and Redis. They are in `environment`, too. */
  readonly trust: Environment;
  /** All variables. */
  readonly environment: Environment;
}

/** Arguments of a system's configuration. */
export interface ConfigurationArgs<Settings extends CommonSettings> {
  readonly secrets: SecretVariables;
  readonly environment: Environment;
  /** Variables of `environment` that may be empty. Default: none. */
  readonly mayBeEmpty?: readonly string[];
  /** Programs of the real application. */
  readonly programs: (images: RealImages<Settings>) => RealPrograms;
  /** Probes of the stand-in. Default: /ready and /live, which every stand-in answers. */
  readonly standInProbes?: WorkloadArgs["probes"];
}

/** The images of the real application, as the stack names them. */
export type RealImages<Settings extends CommonSettings> = Exclude<Settings["application"], { standIn: true }>;

/** Makes the secret and the plain variables, and finds the application. */
export function configured<Settings extends CommonSettings>(
  foundation: Foundation,
  args: ConfigurationArgs<Settings>,
  step: Step,
): Configured {
  const { description, namespace, args: stack, database, redis } = foundation;
  const { name } = description;
  const trust = { ...database.login(description.database.applicationRole).trust(), ...redis?.trust() };
  const names = stack.settings.secret;
  const values = secretValues(name, args.secrets, stack.secrets, names, step);
  const secret = secretEnvironment(name, namespace, values, names, step);
  return {
    application: applicationOf(foundation, args, step),
    secretVariables: secret.variables,
    steadySecrets: secret.steady,
    secretValues: values,
    trust,
    environment: {
      RELEASE: stack.settings.release,
      PORT: "3000",
      ...trust,
      ...args.environment,
      ...secret.variables,
      ...(secret.revision && { SECRETS_REVISION: secret.revision }),
      // The pods and their checks then differ, so that all of them are done again.
      ...(stack.passwordGeneration !== undefined && { PASSWORD_GENERATION: String(stack.passwordGeneration) }),
    },
  };
}

/** Makes a workload of the application. `args` take precedence over its program and its settings. */
export function applicationWorkload(
  foundation: Foundation,
  name: string,
  role: string,
  { application, environment }: Configured,
  args: Partial<Omit<WorkloadArgs, "environment">>,
  step: Step,
): Workload {
  const { description, args: stack, namespace } = foundation;
  const { release, rolloutDeadlineSeconds } = stack.settings;
  const { labels, replicas, gracePeriodSeconds, port, command, logs, ...others } = settingsOf(foundation, name);
  const { deployment, container, selector, service } = others;
  const program = application.role(role);
  const own = podOf(foundation, name, name, step);
  return new Workload(
    name,
    {
      ...program,
      ...(command && { command, replacesVariables: true }),
      ...{ system: description.name, release, namespace, rolloutDeadlineSeconds },
      ...{ labels, replicas, gracePeriodSeconds, port },
      ...{ deployment, container, selector, service },
      // The watch finds there what it takes a release back to.
      ...(watchOf(stack)?.onFailure === "rollback" && { formerReleases: 10 }),
      ...own,
      ...(stack.collectsLogs && Object.keys(logs).length > 0 && { logs: { image: stack.images.node, files: logs } }),
      ...args,
      environment: { ...environment, ...program.environment, PORT: String(port), ...own.environment },
      volumes: [...(args.volumes ?? []), ...own.volumes],
    },
    { parent: step },
  );
}

const everyStandIn = { ready: "/ready", live: "/live" };

function applicationOf<Settings extends CommonSettings>(
  { description, args: stack, namespace, packages }: Foundation,
  {
    environment,
    mayBeEmpty = [],
    secrets,
    programs,
    standInProbes: probes = everyStandIn,
  }: ConfigurationArgs<Settings>,
  step: Step,
): Application {
  const { settings, standIns: directory, images } = stack;
  const { application, release } = settings;
  if (!("standIn" in application)) return realApplication(release, programs(application as RealImages<Settings>));
  const named = Object.keys(environment).filter((variable) => !mayBeEmpty.includes(variable));
  const requires = [...named, ...Object.values(secrets.required)];
  return standIn(
    { system: description.name, directory, namespace, image: images.node, packages, requires, probes },
    { parent: step },
  );
}
