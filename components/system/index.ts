import * as pulumi from "@pulumi/pulumi";
import type { Check } from "../checks";
import type { Environment } from "../kubernetes/environment";
import type { RateLimit, Route } from "../kubernetes/ingress";
import type { MountedFiles } from "../kubernetes/mounted-files";
import type { ScheduleTimes } from "../kubernetes/schedule";
import type { MonitoredSystem } from "../monitoring/monitored";
import type { Postgres } from "../postgres";
import type { Redis } from "../redis";
import { Runbook, type Step, type StepDescription, type StepProgress } from "../runbook";
import type { Condition } from "../watch";
import type { Workload, WorkloadArgs } from "../workload";
import type { WorkloadNames } from "../workload/names";
import type { Images, SystemArgs } from "./args";
import { applicationWorkload, configured, type ConfigurationArgs, type Configured } from "./configuration";
import { componentType } from "./component-type";
import type { DatabasePlan, Databases } from "./database-plan";
import { requireApplicationRole, type SystemDescription } from "./description";
import { backUp } from "./dumps";
import { watchOf, watchRelease } from "./configured-watch";
import { provideFoundation, requireRedis, type Foundation } from "./foundation";
import { pullImages } from "./image-pull";
import { ingressOf } from "./ingress";
import { recordDatabases } from "./live-database";
import { checkSchema, migrate, revert, verifiedOfOwn } from "./migration-steps";
import { addressesOf, monitoredSystem } from "./monitored";
import { databasesAfter, systemOutputs, type SystemOutputs } from "./outputs";
import type { PartOf } from "./parts";
import { checkPrerequisites } from "./prerequisites";
import { withRegistries } from "./private-images";
import { areAsUsersReach } from "./public-url";
import { restoreDatabase, restoreInPlace, restoreStep, takeBackStep, takeBackWriters } from "./restore-step";
import { restoreTest } from "./restore-test";
import { deploys } from "./schema";
import { schemaChecks } from "./schema-checks";
import type { CommonSettings } from "./settings";
import { testDeployment, type TestedDeployment } from "./smoke-test";
import type { CheckRun, CheckVariables } from "./system-checks";
import type { Triggers } from "./triggers";
import { podOf, workloadNames, type OwnPod } from "./workload-pod";

export type { Backups } from "./backups";
export type { Images, StackArgs, SystemArgs } from "./args";
export type { ConfigurationArgs, Configured } from "./configuration";
export type { RedisNeeds } from "./description";

/**
 * A system: a runbook as code. Its methods declare the steps that every runbook has: prerequisites, dump, migrations,
 * configuration, going back, verification. A system's own class calls them in its runbook's order, under the runbook's
 * headings, with its own steps between.
 */
export class System<Settings extends CommonSettings = CommonSettings> extends pulumi.ComponentResource {
  readonly settings: Settings;
  readonly images: Images;
  readonly namespace: pulumi.Output<string>;
  readonly database: Postgres;
  /** npm packages that bundled programs require. */
  readonly packages: MountedFiles;
  /** Protects what holds data: deleting it requires `pulumi state unprotect` first. */
  readonly protect: boolean;
  /** Limits by admission policies what the accounts of Jobs may create and change. */
  readonly admissionPolicies: boolean;
  readonly triggers: Triggers;
  /** ID of the deployment: new with another release or target of the schema, also with an earlier one. */
  readonly deploymentId: pulumi.Output<string>;
  private readonly runbook: Runbook;
  private readonly foundation: Foundation;
  private readonly databases: pulumi.Output<Databases>;
  private declared: SystemOutputs | undefined;
  private applied: Configured | undefined;
  /** Checks, of which those of what users reach are probed, too. */
  private readonly asked: Check[] = [];

  /** @throws Error if the application's role is none of the database's roles, or if the schema's target is no change */
  constructor(description: SystemDescription, args: SystemArgs<Settings>, opts?: pulumi.ComponentResourceOptions) {
    requireApplicationRole(description);
    const { name, title, onFailure } = description;
    super(componentType(name), name, {}, withRegistries(name, args, opts));
    const { settings, images, protect, operator, databases } = args;
    const others = { onFailure, othersAfter: operator?.operatorsSettled };
    this.runbook = new Runbook(name, { title, contacts: settings.contacts, ...others }, { parent: this });
    this.foundation = this.step("environment", description.foundation, (step) =>
      provideFoundation(description, args, step),
    );
    const { namespace, database, packages, triggers, generations } = this.foundation;
    this.settings = settings;
    this.images = images;
    this.namespace = namespace;
    this.database = database;
    this.packages = packages;
    this.protect = protect;
    this.admissionPolicies = args.admissionPolicies ?? false;
    this.triggers = triggers;
    this.deploymentId = generations.deployment;
    this.databases = databasesAfter(this.foundation, this.restore(databases));
    this.step("live-database", { title: "Which database is live, recorded in the cluster" }, (step) =>
      recordDatabases(name, namespace, this.databases, step),
    );
    // The policies themselves are the first step's: later ones would keep users out while the database is made.
    if (description.network) this.step("network", description.network, () => undefined);
  }

  /**
   * The system's Redis.
   * @throws Error if the system declares none
   */
  get redis(): Redis {
    return requireRedis(this.foundation);
  }

  /** Variables with which a program of Node.js trusts `publicCa`. */
  get publicTrust(): Environment {
    return this.foundation.publicTrust;
  }

  /**
   * The system's part of the stack's outputs.
   * @throws Error before `finish` was called
   */
  get outputs(): SystemOutputs {
    const { name } = this.foundation.description;
    if (!this.declared)
      throw new Error(`the system ${name} has no outputs: call finish() at the end of its declaration`);
    return this.declared;
  }

  /** The system as the monitoring sees it. To be read once everything is declared. */
  get monitored(): MonitoredSystem {
    return monitoredSystem(this.foundation, this.applied, addressesOf(this.settings, this.asked));
  }

  /** Returns true if the database is to have a part of the runbook's schema. */
  has(part: PartOf<Settings>): boolean {
    return this.foundation.schema?.parts.includes(part) ?? false;
  }

  /** Returns true if a change of the migrations that Runsheet ships is one of those up to the target. */
  deploys(change: string): boolean {
    return deploys(this.foundation.schema, change);
  }

  /** True if Runsheet ships the migrations, and false if they are the team's own. */
  get schemaIsShipped(): boolean {
    return this.foundation.schema?.shipped ?? false;
  }

  /** Resolves to the state of each step, once everything that could be done is done. */
  progress(): Promise<StepProgress[]> {
    return this.runbook.progress();
  }

  /** Declares a step of the system's own. */
  step<T>(name: string, description: StepDescription, fill: (step: Step) => T): T {
    return this.runbook.step(name, description, fill);
  }

  /**
   * Declares a step that checks what must be true before anything is changed. It waits until the database's servers run
   * their image and settings, since a changed one restarts them. Beside that it checks the schema as the migrations left
   * it, and a node pulls the application's images.
   * @param images further images of the application, beside those of its release. Default: none
   */
  prerequisites(description: StepDescription, checks: readonly Check[], images: readonly string[] = []): void {
    this.step("prerequisites", description, (step) => {
      pullImages(this.foundation, images, step);
      checkPrerequisites(this.foundation, checks, step);
      checkSchema(this.foundation, step);
    });
  }

  /**
   * Declares a step that runs checks as the database's owner. Default trigger: `triggers.deployment`. Returns a value
   * that is new whenever they run again; undefined if there are no checks.
   */
  check(
    name: string,
    description: StepDescription,
    checks: readonly Check[],
    options: Partial<Pick<CheckRun, "trigger" | "workloads">> & CheckVariables = {},
  ): pulumi.Output<string> | undefined {
    const { description: system, checks: ofSystem, args } = this.foundation;
    const { trigger = this.triggers.deployment, environment, ...others } = options;
    // Users reach it through the ingress, whatever else is unchanged.
    const reached = areAsUsersReach(args.settings, checks);
    this.asked.push(...checks);
    const run = {
      ...{ ...others, checks },
      environment: { ...environment, ...(reached && this.publicTrust) },
      trigger: [...trigger, ...(reached ? [JSON.stringify(args.settings.ingress ?? {})] : [])],
    };
    return this.step(name, description, (step) => {
      if (checks.length === 0) return undefined;
      return ofSystem.run(`${system.name}-${name}`, run, { parent: step }).run;
    });
  }

  /** Runs checks by the clock, as the database's owner. */
  scheduleChecks(name: string, checks: readonly Check[], args: CheckVariables & ScheduleTimes, step: Step): void {
    this.foundation.checks.schedule(name, checks, args, step);
  }

  /**
   * Declares a step that takes a verified dump before the migrations; on a stack with an object store, also by the
   * clock. `backup.command` runs beside it.
   */
  backup(description: StepDescription): void {
    this.step("backup", description, (step) => backUp(this.foundation, step));
  }

  /**
   * Declares a step that deploys the changes up to the target, each verified; and, after migrations of the team's own, a
   * step with the runbook's verification queries. The verify scripts of those that Runsheet ships ask more.
   * @param options.verification description of that step. Default: the migrations' own heading
   * @param options.together whether all are deployed in one transaction. Default: each has its own
   */
  migrate(
    description: StepDescription,
    {
      verification = { title: description.title },
      together = false,
    }: { readonly verification?: StepDescription; readonly together?: boolean } = {},
  ): void {
    const described = this.schemaIsShipped ? description : { ...description, verify: verifiedOfOwn };
    this.step("migrate", described, (step) => migrate(this.foundation, together, step));
    if (!this.schemaIsShipped) this.check("schema", verification, schemaChecks(this.foundation));
  }

  /**
   * Declares a step that reverts the changes above the target, the last one first, once the workloads' rollouts are
   * over and no pod of a later release is left. It is empty if all changes are wanted.
   */
  rollback(description: StepDescription, workloads: readonly Workload[]): void {
    this.step("rollback", description, (step) => revert(this.foundation, workloads, step));
  }

  /** Declares a step that makes the application's variables. Returns them with the application. */
  configuration(description: StepDescription, args: ConfigurationArgs<Settings>): Configured {
    return (this.applied = this.step("configuration", description, (step) => configured(this.foundation, args, step)));
  }

  /** Makes a workload of the application, which the settings have under `workloads`. */
  workload(
    name: string,
    role: string,
    configured: Configured,
    args: Partial<Omit<WorkloadArgs, "environment">>,
    step: Step,
  ): Workload {
    return applicationWorkload(this.foundation, name, role, configured, args, step);
  }

  /** Returns the names of a workload of the settings in the cluster. */
  names(workload: string): WorkloadNames {
    return workloadNames(this.foundation, workload);
  }

  /** Returns the stack's own part of a workload's pods, for the pod `name`, which runs the same image. */
  podLike(workload: string, name: string, step: Step): OwnPod {
    return podOf(this.foundation, workload, name, step);
  }

  /**
   * Declares a step that tests the deployment as the application's role, once the workloads' rollouts are over; and, by
   * the clock, the restore of its newest backup.
   */
  verify(description: StepDescription, tests: Pick<CheckRun, "checks" | "cleanup">, args: TestedDeployment): void {
    this.step("verify", description, (step) => {
      testDeployment(this.foundation, tests, args, step);
      restoreTest(this.foundation, step);
    });
  }

  /**
   * Declares a step that watches the release of the workloads by the metrics of the stack's Prometheus. No step if the
   * stack has none, or no time for it.
   * @param leaves what was given the release before this step, and is not taken back with the workloads. Default: nothing
   */
  watch(
    title: string,
    conditions: readonly Condition[],
    workloads: readonly Workload[],
    leaves: readonly string[] = [],
  ): void {
    const watched = watchOf(this.foundation.args);
    if (!watched) return;
    const description = { title, verify: "the conditions hold", revert: "the release before" };
    this.step("watch", description, (step) =>
      watchRelease(this.foundation, watched, { conditions, workloads, leaves }, step),
    );
  }

  /**
   * Declares a step with the ingress through which users reach workloads. It is empty without `ingress`.
   * @param routes first parts of paths, each with the workload of the settings that serves it
   * @param limit rate limit of the runbook. Default: none
   */
  ingress(title: string, routes: Readonly<Record<string, string>>, limit?: RateLimit): void {
    const toServices = Object.entries(routes).map(([path, workload]): Route => {
      const { name, port } = this.names(workload).service;
      return { path, service: name, port };
    });
    const description = { title, verify: "the ingress is there" };
    this.step("ingress", description, (step) => ingressOf(this.foundation, toServices, limit, step));
  }

  /**
   * Declares a step that asks what users reach, once the workloads' rollouts are over. No step if there are no checks.
   */
  reachable(checks: readonly Check[], workloads: readonly Workload[]): void {
    if (checks.length === 0) return;
    const description = { title: "The application as its users reach it", verify: "DNS, certificate and ingress" };
    this.check("reachable", description, checks, { workloads });
  }

  /**
   * Ends the declaration and makes the outputs.
   * @param entrance the workload that users reach
   * @param notes what else users have to know, by key. Default: nothing
   */
  finish(entrance: Workload, notes: Readonly<Record<string, string>> = {}): void {
    this.declared = systemOutputs(this.foundation, this.databases, entrance, notes);
    this.registerOutputs(this.declared);
  }

  /** Declares a step for the restore that is to be done, or for what a removed one has left. Undefined for none. */
  private restore({ restore, existing }: DatabasePlan): pulumi.Output<string> | undefined {
    const inPlace = existing?.restore;
    if (restore)
      return this.step("restore", restoreStep, (step) => restoreDatabase(this.foundation, restore.from, step));
    if (inPlace) return this.step("restore", restoreStep, (step) => restoreInPlace(this.foundation, inPlace, step));
    if (existing?.takeBack) this.step("restore", takeBackStep, (step) => takeBackWriters(this.foundation, step));
    return undefined;
  }
}
