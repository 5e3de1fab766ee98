/** What every system is made of, before the steps of its runbook. */
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../kubernetes/environment";
import type { MountedFiles } from "../kubernetes/mounted-files";
import { changesUpTo, deployHash, schemaHash, Verification } from "../migrations";
import type { Postgres } from "../postgres";
import type { Redis } from "../redis";
import { RestoredDump, type RestoreSource } from "../backups/restore";
import { Runbook, type Step, type StepDescription, type StepProgress } from "../runbook";
import { Checks, type ChecksArgs } from "../checks";
import type { Workload } from "../workload";
import type { Images, RedisVolume, SystemArgs, SystemDescription, SystemOutputs } from "./description";
import { provideEnvironment, type Provided } from "./foundation";
import { recordDatabases } from "./live-database";
import { madeOf, type Made } from "./made";
import type { Databases } from "./database-plan";
import { restoreArgs } from "./restore-check";
import type { CommonSettings } from "./settings";

/** A system's datastores and its runbook, what makes things due again, and what the stack shows of it. */
export abstract class SystemBase<Settings extends CommonSettings> extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  readonly database: Postgres;
  /** New whenever the release or the schema's target changes, also to an earlier one. */
  readonly deployment: pulumi.Output<string>;
  readonly settings: Settings;
  readonly images: Images;
  protected readonly provided: Provided;
  private readonly runbook: Runbook;
  protected readonly schema: string;
  protected readonly changes: readonly string[];
  private shown: SystemOutputs | undefined;
  /** Resolves once the restored database is verified, and the one that it replaces is stopped. Undefined if no restore is requested. */
  private readonly verified: pulumi.Output<string> | undefined;

  constructor(
    protected readonly description: SystemDescription,
    protected readonly args: SystemArgs<Settings>,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { name, target } = description;
    super(`runsheet:index:${pascalCase(name)}`, name, {}, opts);
    this.settings = args.settings;
    this.images = args.images;
    const scripts = description.migrations === undefined ? undefined : { project: description.migrations, target };
    this.schema = scripts ? schemaHash(scripts) : "none";
    this.changes = scripts ? changesUpTo(scripts) : [];
    const { title, onFailure } = description;
    this.runbook = new Runbook(
      name,
      { title, onFailure, othersAfter: args.operator?.operatorsSettled },
      { parent: this },
    );
    this.provided = this.step("environment", description.environment, (step) =>
      provideEnvironment(description, args, scripts ? deployHash(scripts) : "none", step),
    );
    this.namespace = this.provided.namespace;
    this.database = this.provided.database;
    this.deployment = this.provided.deployment;
    this.verified = args.databases.restore && this.restore(args.databases.restore.from);
    this.step("live-database", { title: "Which database is live, recorded in the cluster" }, (step) =>
      recordDatabases(name, this.namespace, this.databasesAfter(), step),
    );
  }

  /** The system's Redis. Throws Error if it declared none. */
  get redis(): Redis {
    if (!this.provided.redis) throw new Error(`the system ${this.description.name} has no Redis`);
    return this.provided.redis;
  }

  /** What bundled programs require. */
  get packages(): MountedFiles {
    return this.provided.packages;
  }

  /** Whether what holds data can be deleted only after `pulumi state unprotect`. */
  get protect(): boolean {
    return this.args.protect;
  }

  /** What has to be done again when it changes: another release or schema, another database, a change that is taken back. */
  get trigger(): pulumi.Input<string>[] {
    return [this.deployment, this.schema, ...this.schemaTrigger];
  }

  /** The same for what is about the database alone, whichever release runs: going back must not wait for it. */
  get databaseTrigger(): pulumi.Input<string>[] {
    return [this.schema, this.database.identity];
  }

  /** The same for what surrounds a change of the schema: also when one is taken back that failed. */
  get schemaTrigger(): pulumi.Input<string>[] {
    return [this.provided.schemaChange];
  }

  /** Whether the schema has a change. */
  has(change: string): boolean {
    return this.changes.includes(change);
  }

  /** How far each step came, once all that could be done was done. */
  progress(): Promise<StepProgress[]> {
    return this.runbook.progress();
  }

  /** Declares a step of the system's own. */
  step<T>(name: string, description: StepDescription, fill: (step: Step) => T): T {
    return this.runbook.step(name, description, fill);
  }

  /**
   * What the stack shows of the system, at the end of its declaration; `entrance` is what its users reach, `notes` is what
   * else they have to know.
   */
  finish(entrance: Workload, notes: Readonly<Record<string, string>> = {}): void {
    const database = this.databasesAfter();
    // One system's output that is missing must not keep those of the others from the next `up`.
    const url = pulumi.recover(pulumi.output(entrance.url), () => "not there");
    const { release, redis } = this.settings;
    const kept = redis && "storage" in redis ? { redis: this.redisVolumeAfter(redis) } : {};
    this.shown = { release, namespace: this.args.namespace, url, database, ...kept, ...notes };
    this.registerOutputs(this.shown);
  }

  /** A step that brings the database back, and verifies it before the database that it replaces is stopped and anything uses it. */
  private restore(from: RestoreSource): pulumi.Output<string> {
    const { name, migrations } = this.description;
    const { namespace, database, giveUp, store } = this.provided;
    const title = "Disaster Recovery: restore the database";
    const verify = "every change that is applied, by its verify script";
    return this.step("restore", { title, verify }, (step) => {
      const dump =
        "dump" in from
          ? new RestoredDump(
              `${name}-restore`,
              from.dump,
              database,
              this.images.postgresql,
              restoreArgs(namespace, store, this.args),
              { parent: step },
            )
          : undefined;
      const opts = { parent: step, dependsOn: dump };
      const stopped = (verification: Verification | Checks) => {
        const given = giveUp?.({ parent: step, dependsOn: verification });
        return pulumi.all([verification.run, given?.identity]).apply(([run]) => run);
      };
      if (migrations === undefined) {
        const answers = { name: "the restored database", sql: "SELECT true AS answers", row: { answers: true } };
        const asked = { checks: [answers], environment: database.owner.environment(), trigger: [database.identity] };
        return stopped(new Checks(`${name}-restored`, this.asks(asked), opts));
      }
      const scripts = { namespace, image: this.images.sqitch, project: migrations, database };
      return stopped(new Verification(`${name}-restored`, scripts, opts));
    });
  }

  /** What the database was made with, where the stack makes it. */
  private get made(): Made {
    const { postgres } = this.settings;
    return postgres.engine === "cloudnativepg" ? madeOf({ ...postgres, image: this.images.postgresql }) : {};
  }

  /** What the next `up` goes on from: as long as a database is not there, and verified if it was brought back, the one before it. */
  private databasesAfter(): pulumi.Output<Databases> {
    const { name, givenUp, before = { givenUp: [] } } = this.args.databases;
    const { identity, server } = this.database;
    const there = pulumi.all([identity, this.verified ?? "none is to be done", server]);
    // What an `up` with targets leaves out has no error, and no identity.
    const after = there.apply(([database, verified, server]) =>
      database && verified ? { live: name, server, ...this.made, givenUp } : before,
    );
    return pulumi.recover(after, () => before);
  }

  /** What the volume of Redis was made with; as long as it is not made, what was there before. */
  private redisVolumeAfter({ storage, storageClass }: RedisVolume): pulumi.Output<RedisVolume | undefined> {
    const before = this.args.redisVolume;
    // What an `up` with targets leaves out has no error, and no identity.
    const after = pulumi.output(this.redis.identity).apply((made) => (made ? { storage, storageClass } : before));
    return pulumi.recover(after, () => before);
  }

  /** The system's part of the stack's outputs. */
  get outputs(): SystemOutputs {
    if (!this.shown) throw new Error(`the system ${this.description.name} is not declared to its end`);
    return this.shown;
  }

  /** What is asked when the rollouts of these workloads are over, and again when one of them has new pods. */
  protected afterRollouts(
    workloads: readonly Workload[],
    trigger: readonly pulumi.Input<string>[] = [],
  ): Pick<ChecksArgs, "trigger" | "after"> {
    const rollouts = workloads.map(({ rollout }) => rollout);
    const { rolloutDeadlineSeconds: seconds } = this.settings;
    return {
      trigger: [...trigger, ...workloads.map(({ revision }) => revision)],
      after: rollouts.length > 0 ? { rollouts, seconds, reader: this.provided.rolloutReader } : undefined,
    };
  }

  /** What all checks of the system need. */
  protected asks<Asked extends { readonly environment: Environment }>(asked: Asked) {
    const { redis, runner } = this.provided;
    const environment = { ...asked.environment, ...(redis ? { REDIS_URL: redis.url } : {}) };
    return { ...asked, environment, namespace: this.namespace, image: this.images.node, runner };
  }
}

const pascalCase = (name: string) => name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
