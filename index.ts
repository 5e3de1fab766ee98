/** The program: the stack's configuration, the platform, the systems, the outputs. */
import { Provider } from "@pulumi/kubernetes/provider";
import { objectDefaults } from "./components/object-defaults";
import { Platform } from "./components/platform";
import { readConfiguration } from "./config";
import { databasePlans } from "./databases";
import { reportProgress, shortenFollowingErrors } from "./summary";

// Read before anything is asynchronous: a problem is then reported at once.
const { backups, context, images, manifestCache, platform, protect, systems } = readConfiguration();

async function main(): Promise<Record<string, unknown>> {
  const cluster = new Provider("cluster", {
    context,
    // Looked up by the provider, as kubectl does it. Otherwise the SDK takes $KUBECONFIG for one file, and the provider
    // leaves a copy of it, with its keys, in the directory for temporary files.
    kubeconfig: "",
    // The same cluster under another address or certificate is still the same cluster.
    clusterIdentifier: context,
    enableServerSideApply: true,
    // Takes over what is there already: above all what an `up` that was killed left. Refused by default from 4.29 on.
    upsertExistingObjects: true,
    enableConfigMapMutable: true,
    // Otherwise a changed value of a Secret that has a name of its own replaces it, and what refers to it is deleted before.
    enableSecretMutable: true,
  });
  const opts = { providers: [cluster], transformations: [objectDefaults] };
  const databases = await databasePlans(systems, protect);
  const operator = await Platform.create({ ...platform, images, manifestCache }, opts);
  const deployed = systems.map(({ system, settings, secrets }) => {
    const stack = { images, operator, backups, protect, databases: databases.get(system.name)! };
    return [system.name, system.deploy({ settings, secrets, ...stack }, opts)] as const;
  });
  await reportProgress(deployed);
  return Object.fromEntries(deployed.map(([name, { outputs }]) => [name, outputs]));
}

shortenFollowingErrors();
export = main;
