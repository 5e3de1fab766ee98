/** "Enable Maintenance Mode": the application has to answer 503 before its data is backed up and migrated. */
import * as pulumi from "@pulumi/pulumi";
import { NamedSecret } from "../../components/kubernetes/app-secrets";
import { bundle } from "../../components/kubernetes/bundle";
import { MountedFiles } from "../../components/kubernetes/mounted-files";
import { Task } from "../../components/kubernetes/task";
import type { Step } from "../../components/runbook";
import type { Configured, System } from "../../components/system";
import { flagsOf, maintenancePath, maintenanceUrl, type PmSettings } from "./settings";

/**
 * Secret with what defines the request, which keeps its name: more pods, another URL or another key are no reason to turn
 * the maintenance mode on.
 */
const request = "pm-maintenance-request";

/**
 * Turns it on, and waits until the application answers 503.
 * @param trigger values that turn it on again when they change
 */
export function maintenanceOn(
  pm: System<PmSettings>,
  { secretValues, steadySecrets }: Configured,
  trigger: readonly pulumi.Input<string>[],
  step: Step,
): Task {
  const { namespace } = pm;
  const { maintenance, replicas } = pm.settings;
  const { value, withinSeconds } = maintenance;
  const service = pm.names("pm-backend").service;
  const inside = pulumi.interpolate`http://${service.name}.${namespace}:${service.port}${maintenancePath}`;
  const url = maintenanceUrl(pm.settings);
  const files = { "maintenance-on.cjs": bundle("systems/pm/in-pod/maintenance-on.ts") };
  const values = {
    URL: url ?? inside,
    // With ten answers for each pod, one that still serves users is missed once in 20,000 times.
    TIMES: String(10 * replicas.backend),
    WITHIN_SECONDS: String(withinSeconds),
    // Before the first deployment there is no backend that could be asked.
    ABSENT: url === undefined ? "fine" : "wrong",
    ...(steadySecrets.TEST_API_KEY ? {} : { TEST_API_KEY: secretValues.TEST_API_KEY! }),
  };
  const secret = new NamedSecret(request, { name: request, namespace, values }, { parent: step });
  return new Task(
    "pm-maintenance-on",
    {
      namespace,
      image: pm.images.node,
      command: ["node", "/runsheet/maintenance-on.cjs"],
      files: [pm.packages, MountedFiles.pinned("pm-maintenance-on-program", namespace, files, { parent: step })],
      environment: {
        FLAGS: JSON.stringify(flagsOf(pm.settings)),
        ...(steadySecrets.TEST_API_KEY && { TEST_API_KEY: steadySecrets.TEST_API_KEY }),
        VALUE: value,
        REDIS_URL: pm.redis.url,
        ...pm.redis.trust(),
        ...pm.publicTrust,
        ...Object.fromEntries(Object.keys(values).map((name) => [name, secret.key(name)])),
      },
      trigger,
      // More than the longest time within which it must answer.
      deadlineSeconds: 3720,
    },
    { parent: step },
  );
}
