/** Arguments of every system that come from the stack. */
import type { RegistryLogins } from "../kubernetes/registries";
import type { Platform } from "../platform";
import type { Prometheus } from "../watch";
import type { Backups } from "./backups";
import type { DatabasePlan } from "./database-plan";
import type { Secrets } from "./secrets";
import type { CommonSettings } from "./settings";

/** The images that systems and components run. Each is a setting of the stack. */
export interface Images {
  /** PostgreSQL's server built for CloudNativePG, with pg_dump and psql. */
  readonly postgresql: string;
  readonly redis: string;
  /** A stock Node.js. */
  readonly node: string;
  /** Sqitch with psql and DBD::Pg. */
  readonly sqitch: string;
  /** CloudNativePG's operator. It also starts every server. */
  readonly cloudnativepgOperator: string;
  /** The sidecar of CloudNativePG's Barman Cloud plugin. */
  readonly barmanSidecar: string;
}

/** Arguments that are the same for every system of a stack. */
export interface StackArgs {
  readonly images: Images;
  /** The operators that the stack installs. Default: the cluster has them. */
  readonly operator?: Platform;
  /** Logins at registries for every system. Default: none. */
  readonly registries?: RegistryLogins;
  /** Default: no WAL archive; dumps are taken before migrations only, and stay in the cluster. */
  readonly backups?: Backups;
  /** Prometheus that is asked after each rollout. Default: no release is watched. */
  readonly prometheus?: Prometheus;
  /** Directory of the stand-ins' programs, each called main.SYSTEM.ts. */
  readonly standIns: string;
  /** Copies the log files of the applications to where output is collected. Default: false. */
  readonly collectsLogs?: boolean;
  /** Limits by admission policies what the accounts of Jobs may create and change. Default: false. */
  readonly admissionPolicies?: boolean;
  /** Generation of the generated passwords. Default: they keep their values. */
  readonly passwordGeneration?: number;
  /** Protects what holds data: deleting it requires `pulumi state unprotect` first. */
  readonly protect: boolean;
}

/** Settings that the volume of Redis was made with. */
export interface RedisVolume {
  readonly storage: string;
  /** Default: the cluster's default class. */
  readonly storageClass?: string;
}

/** Arguments of one system: the stack's, and the system's own part of the configuration. */
export interface SystemArgs<Settings extends CommonSettings> extends StackArgs {
  /** Name of the system's namespace. */
  readonly namespace: string;
  readonly settings: Settings;
  readonly secrets: Secrets;
  /** The database to work with, and what is to be done for it. */
  readonly databases: DatabasePlan;
  /** ID of the drift in the database that was found last. Default: none was found. */
  readonly drift?: string;
  /** The volume of Redis that the last `up` left. Default: none. */
  readonly redisVolume?: RedisVolume;
}
