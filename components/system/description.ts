/** What a system is made from: the stack's part, and what its own folder declares. */
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../kubernetes/environment";
import type { Files } from "../kubernetes/mounted-files";
import type { Platform } from "../platform";
import type { StepDescription } from "../runbook";
import type { WorkloadArgs } from "../workload";
import type { Application, RealPrograms } from "./application";
import type { Backups } from "./backups";
import type { DatabaseNeeds, RedisNeeds } from "./datastores";
import type { DatabasePlan, Databases } from "./database-plan";
import type { Secrets } from "./secrets";
import type { CommonSettings, SecretVariables } from "./settings";

/** The images that systems and components run; each is a setting of the stack. */
export interface Images {
  /** PostgreSQL of CloudNativePG's kind, with pg_dump and psql. */
  readonly postgresql: string;
  readonly redis: string;
  /** A stock Node.js. */
  readonly node: string;
  /** Sqitch with psql and DBD::Pg. */
  readonly sqitch: string;
  /** CloudNativePG's operator, which also starts every server. */
  readonly cloudnativepgOperator: string;
  /** The sidecar of CloudNativePG's Barman Cloud plugin. */
  readonly barmanSidecar: string;
}

/** What a stack gives to each of its systems. */
export interface StackArgs {
  readonly images: Images;
  /** The operator that runs PostgreSQL, where the stack installs it. Default: the cluster has it. */
  readonly operator?: Platform;
  /** Default: nothing is archived, and dumps are taken before migrations only and stay in the cluster. */
  readonly backups?: Backups;
  /** Directory of the stand-ins' programs, main.SYSTEM.ts each. */
  readonly standIns: string;
  /** Whether what holds data can be deleted only after `pulumi state unprotect`. */
  readonly protect: boolean;
}

/** What the volume of Redis was made with. */
export interface RedisVolume {
  readonly storage: string;
  /** Default: the cluster's own. */
  readonly storageClass?: string;
}

/** What a system is made from: the stack's part and its own. */
export interface SystemArgs<Settings extends CommonSettings> extends StackArgs {
  /** What its namespace is called. */
  readonly namespace: string;
  readonly settings: Settings;
  /** The secret values that the stack has, by configuration key. */
  readonly secrets: Secrets;
  /** Which database it works with. */
  readonly databases: DatabasePlan;
  /** The volume of Redis that the last `up` left. Default: none. */
  readonly redisVolume?: RedisVolume;
}

/** What a system's database and its owner are called: after the system. */
export const databaseName = (system: string) => system.replaceAll("-", "_");

/** What a system is before its first step. */
export interface SystemDescription {
  /** Also, with _ for -, the name of its database and of the database's owner. */
  readonly name: string;
  /** The runbook's own title. */
  readonly title: string;
  /** Called for what fails. Default: the engine's own report is enough. */
  readonly onFailure?: pulumi.ErrorHook;
  /** The first step, which provides the datastores. */
  readonly environment: StepDescription;
  /** The Sqitch project: sqitch.plan, deploy/, verify/, revert/. Default: the system has no migrations. */
  readonly migrations?: string;
  /** The last change to have. Default: all changes. */
  readonly target?: string;
  readonly database: DatabaseNeeds;
  /** Default: the system has no Redis. */
  readonly redis?: RedisNeeds;
  /** SQL scripts by file name that make what the runbook takes as given, in this order. Default: it takes no tables as given. */
  readonly baseline?: Files;
}

/** What a system's workloads and scripts are started with, made once for all of them. */
export interface Configured {
  readonly application: Application;
  /** The name of the Secret with the secret variables, if the system has any. */
  readonly secrets: readonly pulumi.Output<string>[];
  /** The secret variables themselves, for what needs only some of them. */
  readonly values: Readonly<Record<string, pulumi.Output<string>>>;
  /** The variables that are not secret. */
  readonly environment: Environment;
}

/** How a system's application is configured. */
export interface ConfigurationArgs<Settings extends CommonSettings> {
  readonly secrets: SecretVariables;
  /**
   * The keys of the secret variables in the Secret "<system>-secrets", where a runbook names it. Default: a Secret whose
   * name and keys are nobody else's business.
   */
  readonly secretKeys?: Readonly<Record<string, string>>;
  readonly environment: Environment;
  /** Variables of it that need no value. Default: none. */
  readonly mayBeEmpty?: readonly string[];
  /** What runs where the application is the real one. */
  readonly programs: (images: RealImages<Settings>) => RealPrograms;
  /** What Kubernetes asks the stand-in. */
  readonly probes: WorkloadArgs["probes"];
}

/** The images of the real application, as the stack names them. */
export type RealImages<Settings extends CommonSettings> = Exclude<Settings["application"], { standIn: true }>;

/** What the stack shows of a system. Its steps are in the outputs of its Runbook. */
export interface SystemOutputs extends Record<string, unknown> {
  readonly release: string;
  readonly namespace: string;
  /** What its users reach, inside the cluster. */
  readonly url: pulumi.Output<string>;
  /** Its databases, for the next `up` to go on from. */
  readonly database: pulumi.Output<Databases>;
  /** The volume of Redis, where it has one of the stack's: it cannot be changed. */
  readonly redis?: pulumi.Output<RedisVolume | undefined>;
}
