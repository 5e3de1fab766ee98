/** The test of a deployment: the system's checks, and those of the configuration. */
import type { Environment } from "../kubernetes/environment";
import type { Step } from "../runbook";
import type { Workload } from "../workload";
import { runCommands } from "./check-commands";
import type { Configured } from "./configuration";
import { addedChecks, baseUrl } from "./configured-checks";
import { applicationRights, existingSettings } from "./existing-database";
import type { Foundation } from "./foundation";
import { stayUp } from "./stay-up";
import type { CheckRun } from "./system-checks";

/** Deployment that is tested. */
export interface TestedDeployment {
  /** Variables of the checks, such as the addresses that they ask. */
  readonly environment: Environment;
  readonly configured: Configured;
  /** Workloads that are tested: the checks run again when one has new pods. */
  readonly workloads: readonly Workload[];
}

/** Tests a deployment as the application's role, once the workloads' rollouts are over. */
export function testDeployment(
  foundation: Foundation,
  tests: Pick<CheckRun, "checks" | "cleanup">,
  { environment, configured, workloads }: TestedDeployment,
  step: Step,
): void {
  const { description, args, database, checks, publicTrust, triggers } = foundation;
  const { applicationRole, actsAs, tables } = description.database;
  const rights =
    existingSettings(args.settings) && tables ? [applicationRights(description.name, { tables, actsAs })] : [];
  const all = [...rights, ...tests.checks, ...stayUp(workloads), ...addedChecks(args.settings.checks)];
  const run: CheckRun = {
    ...tests,
    checks: all,
    environment: {
      ...configured.secretVariables,
      ...environment,
      ...(workloads[0] && { [baseUrl]: workloads[0].url }),
      ...publicTrust,
    },
    workloads,
    login: database.login(applicationRole),
    actsAs,
    trigger: triggers.deployment,
  };
  const tested = checks.run(`${description.name}-smoke-test`, run, { parent: step });
  runCommands(foundation, workloads, tested, step);
}
