/** Checks of the configuration that are commands in images. */
import type * as pulumi from "@pulumi/pulumi";
import { Task } from "../kubernetes/task";
import { withMemoryLimit } from "../kubernetes/resources";
import type { Step } from "../runbook";
import type { Workload } from "../workload";
import { isCommand } from "./check-settings";
import { baseUrl } from "./configured-checks";
import type { Foundation } from "./foundation";
import { environmentOfCommand } from "./secrets";

/**
 * Runs each command as a task of its own, with the application's login.
 * @param workloads workloads that are tested: the commands run again when one has new pods
 * @param after resource that must be there first
 */
export function runCommands(
  foundation: Foundation,
  workloads: readonly Workload[],
  after: pulumi.Resource,
  step: Step,
): void {
  const { description, args, namespace, database, redis, triggers } = foundation;
  const { settings } = args;
  const login = database.login(description.database.applicationRole);
  const [first] = workloads;
  for (const [check, entry] of Object.entries(settings.checks)) {
    if (!isCommand(entry)) continue;
    const { secrets, memoryLimit, ...command } = entry;
    const name = `${description.name}-check-${check}`;
    const environment = {
      ...login.environment(),
      ...{ DATABASE_URL: login.url(), RELEASE: settings.release },
      ...(redis && { REDIS_URL: redis.url, ...redis.trust() }),
      ...(first && { [baseUrl]: first.url }),
      ...environmentOfCommand(foundation, { name, keys: secrets, parent: step }),
    };
    const trigger = [...triggers.deployment, ...workloads.map(({ revision }) => revision)];
    const resources = withMemoryLimit(memoryLimit);
    const deadlineKey = `${description.name}:checks.${check}.deadlineSeconds`;
    const pod = { ...command, replacesVariables: true, resources, namespace, environment, deadlineKey };
    new Task(name, { ...pod, trigger }, { parent: step, dependsOn: after });
  }
}
