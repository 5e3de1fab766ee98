import * as pulumi from "@pulumi/pulumi";
import { Dumps, type DumpStore } from "../backups/dumps";
import type { Environment } from "../kubernetes/environment";
import { Migrations, Reversion, SchemaCheck, verificationOn, type MigrationsArgs } from "../migrations";
import { inside } from "../object-store";
import { RestoreTest } from "../backups/restore-test";
import type { Step, StepDescription } from "../runbook";
import { Schedule, type ScheduleTimes } from "../kubernetes/schedule";
import { checksPod, Checks, RolloutWait, type AwaitedRollouts, type Check } from "../checks";
import { Workload, type WorkloadArgs } from "../workload";
import { realApplication, standIn, type Application } from "./application";
import { SystemBase } from "./base";
import { archiveWorks } from "./checks";
import { databaseName, type ConfigurationArgs, type Configured, type RealImages } from "./description";
import { secretEnvironment, secretValues } from "./secrets";
import type { CommonSettings } from "./settings";

export type { Backups } from "./backups";
export type { ConfigurationArgs, Configured, Images, StackArgs, SystemArgs } from "./description";

/** Room for the whole database, to restore a dump into. The size of one that the stack does not make is not known. */
const scratchFor = (postgres: CommonSettings["postgres"]) =>
  postgres.engine === "cloudnativepg" ? postgres.storage : "10Gi";

/** For how long the rollout of a database's servers may make no progress: one may have to fetch its image, and read its log. */
const serverSeconds = 900;

/** Names of Secrets. */
type Secrets = readonly pulumi.Input<string>[];

/**
 * A system: a runbook as code. What every runbook has is here, each as a method that declares a step: the
 * prerequisites, the dump, the migrations, the configuration, going back, the verification. A system's own class
 * calls them in its runbook's order, under the runbook's headings, with its own steps between.
 */
export class System<Settings extends CommonSettings = CommonSettings> extends SystemBase<Settings> {
  private migrations: Migrations | undefined;

  /**
   * A step that checks what must be true before anything is changed, once the database's servers are what they were told to be: with
   * another image, or another operator, they start again one after the other, the primary last. Then it checks the schema as the
   * migrations have left it.
   */
  prerequisites(description: StepDescription, checks: readonly Check[]): void {
    const { server, rollout } = this.database;
    const { rolloutReader: reader } = this.provided;
    const after = rollout && { rollouts: [rollout], seconds: serverSeconds, reader };
    const all = [...checks, ...(server ? [archiveWorks(this.args.namespace)] : [])];
    this.checked("prerequisites", description, all, { after, then: (step, asked) => this.checkSchema(step, asked) });
  }

  /**
   * A step of checks, asked by the database's owner; again whenever `trigger` changed, by default the release, the schema
   * or the database. `environment` and the keys of the Secrets `environmentFrom` are variables for them, and they are asked
   * when the rollouts of `workloads`, or those of `after`, are over. Default: none. `then` adds what comes after them in the step.
   * Returns what is new whenever they were asked again; undefined where there are none.
   */
  checked(
    name: string,
    description: StepDescription,
    checks: readonly Check[],
    options: {
      readonly trigger?: readonly pulumi.Input<string>[];
      readonly environment?: Environment;
      readonly environmentFrom?: Secrets;
      readonly workloads?: readonly Workload[];
      readonly after?: AwaitedRollouts;
      readonly then?: (step: Step, asked: Checks | undefined) => void;
    } = {},
  ): pulumi.Output<string> | undefined {
    const { workloads = [], trigger = this.trigger, environmentFrom } = options;
    const asked = {
      checks,
      environment: { ...this.database.owner.environment(), ...options.environment },
      environmentFrom,
      ...this.afterRollouts(workloads, trigger),
      ...(options.after && { after: options.after }),
    };
    return this.step(name, description, (step) => {
      const test =
        checks.length === 0
          ? undefined
          : new Checks(`${this.description.name}-${name}`, this.asks(asked), { parent: step });
      options.then?.(step, test);
      return test?.run;
    });
  }

  /** Where the system has migrations: what is applied is as it was left, and the project has all of it. */
  private checkSchema(step: Step, after: Checks | undefined): void {
    if (this.description.migrations === undefined) return;
    const args = { ...this.scripts(), trigger: this.trigger, after };
    new SchemaCheck(`${this.description.name}-schema-check`, args, { parent: step });
  }

  /** Checks that are asked again and again, as those of `checked`. */
  schedule(
    name: string,
    checks: readonly Check[],
    args: ScheduleTimes & { readonly environment?: Environment; readonly environmentFrom?: Secrets },
    step: Step,
  ): void {
    const { environment, environmentFrom, ...times } = args;
    const asked = { checks, environment: { ...this.database.owner.environment(), ...environment }, environmentFrom };
    new Schedule(name, { ...checksPod(this.asks(asked)), ...times }, { parent: step });
  }

  /** A step that takes a verified dump before the migrations; where the stack has an object store, others by the clock. */
  backup(description: StepDescription): void {
    const { name } = this.description;
    const { release, dump } = this.settings;
    if (!dump) throw new Error(`the settings of ${name} have no key "dump"`);
    this.step(
      "backup",
      description,
      (step) =>
        new Dumps(
          `${name}-dump`,
          {
            namespace: this.namespace,
            image: this.images.postgresql,
            database: this.database,
            store: this.dumpStore(),
            system: name,
            project: this.scripts().project,
            release,
            // New also when a release, a change or a database comes back: the earlier dump may hold what is dropped since.
            deployment: pulumi.interpolate`${name}-before-${release}-${this.deployment}`,
            trigger: this.provided.schemaChange,
            changes: this.changes,
            ...dump,
            scratch: dump.scratch ?? scratchFor(this.settings.postgres),
            protect: this.args.protect,
          },
          { parent: step },
        ),
    );
  }

  /** A step that deploys the changes up to the target, each verified. `together`: all in one transaction. */
  migrate(description: StepDescription, { together = false }: { readonly together?: boolean } = {}): void {
    const name = `${this.description.name}-migrate`;
    this.migrations = this.step(
      "migrate",
      description,
      (step) => new Migrations(name, { ...this.scripts(), together }, { parent: step }),
    );
  }

  /**
   * A step that goes back: once no pod of the workloads is of a later release, the changes above the target, in reverse
   * order. Empty where all changes are wanted.
   */
  rollback(description: StepDescription, workloads: readonly Workload[]): void {
    const { name, target } = this.description;
    this.step("rollback", description, (step) => {
      if (target === undefined) return;
      const asked = this.asks({ environment: {}, ...this.afterRollouts(workloads) });
      const rolledBack = new RolloutWait(`${name}-rolled-back`, asked, { parent: step });
      new Reversion(`${name}-revert`, { ...this.scripts(), target }, { parent: step, dependsOn: rolledBack });
    });
  }

  /** A step with the secret and the plain part of the environment, and the application. */
  configuration(description: StepDescription, args: ConfigurationArgs<Settings>): Configured {
    return this.step("configuration", description, (step) => {
      const { name } = this.description;
      const values = secretValues(name, args.secrets, this.args.secrets, step);
      const { secrets, environment: secret } = secretEnvironment(name, this.namespace, values, args.secretKeys, step);
      const environment = { RELEASE: this.settings.release, PORT: "3000", ...args.environment, ...secret };
      return { application: this.application(args, step), secrets, values, environment };
    });
  }

  /** A workload of the application. */
  workload(
    name: string,
    role: string,
    { application, secrets, environment }: Configured,
    args: Partial<WorkloadArgs>,
    step: Step,
  ): Workload {
    const program = application.role(role);
    return new Workload(
      name,
      {
        ...program,
        system: this.description.name,
        release: this.settings.release,
        namespace: this.namespace,
        rolloutDeadlineSeconds: this.settings.rolloutDeadlineSeconds,
        environment: { ...environment, ...program.environment },
        environmentFrom: secrets,
        ...args,
      },
      { parent: step },
    );
  }

  /**
   * A step that tests what was deployed, once its rollouts are over; again whenever the release, the schema, the database
   * or a workload changed.
   */
  verify(
    description: StepDescription,
    tests: { readonly checks: readonly Check[]; readonly cleanup?: readonly Check[] },
    args: {
      readonly environment: Environment;
      readonly configured: Configured;
      readonly workloads: readonly Workload[];
    },
  ): void {
    const asked = {
      ...tests,
      environment: {
        ...this.database.login(`${databaseName(this.description.name)}_app`).environment(),
        ...args.environment,
      },
      environmentFrom: args.configured.secrets,
      ...this.afterRollouts(args.workloads, this.trigger),
    };
    this.step("verify", description, (step) => {
      new Checks(`${this.description.name}-smoke-test`, this.asks(asked), { parent: step });
      this.restoreTest(step);
    });
  }

  /** Where the database is archived, its newest backup is brought back and verified again and again. */
  private restoreTest(step: Step): void {
    const { database, namespace, migrations } = this;
    const { backups } = this.args;
    if (!database.scratch || !backups) return;
    const { images, changes } = this;
    const change = changes.at(-1);
    const verification = migrations && {
      files: migrations.files,
      container: (host: string) =>
        verificationOn(host, { image: images.sqitch, project: this.scripts().project, owner: database.owner, change }),
    };
    new RestoreTest(
      `${this.description.name}-restore-test`,
      { namespace, image: this.images.node, cron: backups.restoreTest, cluster: database.scratch, verification },
      { parent: step },
    );
  }

  private application(args: ConfigurationArgs<Settings>, step: Step): Application {
    const { application, release } = this.settings;
    if (!("standIn" in application))
      return realApplication(release, args.programs(application as RealImages<Settings>));
    const { name } = this.description;
    const { environment, secrets, probes } = args;
    const named = Object.keys(environment).filter((variable) => !args.mayBeEmpty?.includes(variable));
    const requires = [...named, ...Object.values(secrets.required)];
    return standIn(
      {
        ...{ system: name, directory: this.args.standIns, namespace: this.namespace },
        ...{ image: this.images.node, packages: this.packages, requires, probes },
      },
      { parent: step },
    );
  }

  private dumpStore(): DumpStore | undefined {
    const { store } = this.provided;
    const { backups } = this.args;
    if (!store || !backups) return undefined;
    return { access: inside("dumps", store), image: this.images.node, keepDays: backups.keepDays, cron: backups.dumps };
  }

  private scripts(): MigrationsArgs {
    const { name, migrations, target } = this.description;
    if (migrations === undefined) throw new Error(`the system ${name} has no migrations`);
    return {
      namespace: this.namespace,
      image: this.images.sqitch,
      project: migrations,
      database: this.database,
      generation: this.provided.generation,
      target,
    };
  }
}
