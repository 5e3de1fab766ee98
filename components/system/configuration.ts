/** The configuration of a system's application. */
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../kubernetes/environment";
import type { Step } from "../runbook";
import { Workload, type WorkloadArgs } from "../workload";
import { realApplication, standIn, type Application, type RealPrograms } from "./application";
import type { Foundation } from "./foundation";
import { secretEnvironment, secretValues } from "./secrets";
import type { CommonSettings, SecretVariables } from "./settings";

/** The application and its variables, for all workloads and scripts of a system. */
export interface Configured {
  readonly application: Application;
  /**
   * Name of the Secret whose keys are the secret variables. Empty if there are none, or if the runbook names the
   * Secret's keys.
   */
  readonly environmentFrom: readonly pulumi.Output<string>[];
  /** Values of the secret variables, for what needs only some of them. */
  readonly secretValues: Readonly<Record<string, pulumi.Output<string>>>;
  /** The other variables. */
  readonly environment: Environment;
}

/** Arguments of a system's configuration. */
export interface ConfigurationArgs<Settings extends CommonSettings> {
  readonly secrets: SecretVariables;
  /**
   * Keys of the secret variables in the Secret "<system>-secrets", where a runbook names them. Default: a Secret whose
   * name and keys are generated.
   */
  readonly secretKeys?: Readonly<Record<string, string>>;
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
  const { description, namespace, args: stack, database } = foundation;
  const { name } = description;
  const trust = database.login(description.database.applicationRole).trust();
  const values = secretValues(name, args.secrets, stack.secrets, step);
  const secret = secretEnvironment(name, namespace, values, args.secretKeys, step);
  return {
    application: applicationOf(foundation, args, step),
    environmentFrom: secret.environmentFrom,
    secretValues: values,
    environment: {
      RELEASE: stack.settings.release,
      PORT: "3000",
      ...trust,
      ...args.environment,
      ...secret.environment,
    },
  };
}

/** Makes a workload of the application. `args` take precedence over its program and its variables. */
export function applicationWorkload(
  { description, args: stack, namespace }: Foundation,
  name: string,
  role: string,
  { application, environmentFrom, environment }: Configured,
  args: Partial<WorkloadArgs>,
  step: Step,
): Workload {
  const program = application.role(role);
  const { release, rolloutDeadlineSeconds } = stack.settings;
  return new Workload(
    name,
    {
      ...program,
      ...{ system: description.name, release, namespace, rolloutDeadlineSeconds },
      environment: { ...environment, ...program.environment },
      environmentFrom,
      ...args,
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
