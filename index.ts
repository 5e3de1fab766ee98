/** The program: the stack's configuration, what the last `up` left, the platform, the systems, the outputs. */
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { locationOutput, placedBackups } from "./stack/backups";
import { hasSystem, reachCluster, refuseForeignNamespaces, refuseOtherCluster, type Cluster } from "./stack/cluster";
import { explainingDeadlines } from "./components/kubernetes/deadlines";
import { objectDefaults } from "./components/kubernetes/defaults";
import { clusterWriter } from "./components/kubernetes/kubeconfig";
import { leavingOthers } from "./components/kubernetes/others";
import type { Named } from "./components/kubernetes/object-path";
import { owned } from "./components/kubernetes/owner";
import { watchingStarts } from "./components/kubernetes/starting-jobs";
import { passwordsOf } from "./components/identity/passwords";
import { takenAs, takingOver } from "./components/kubernetes/take-over";
import { Platform } from "./components/platform";
import { readConfiguration } from "./stack/config";
import { databasePlans, databasesInCluster } from "./stack/databases";
import { driftInDatabases, namespacesOf, takenBack } from "./stack/drift";
import { refuseUnfitGuests } from "./stack/guests";
import { refuseAbsentControllers } from "./stack/ingress-controllers";
import { collectsLogs, monitor, monitoringClaims } from "./stack/monitoring";
import { claimsOf, guestsOf, namespaceOf, namespacesBefore, refuseMoves } from "./stack/namespaces";
import { absentIn, pinnedCluster, stackOutputs, withAbsent, type Outputs } from "./stack/outputs";
import { refuseOperatorsOfOthers } from "./stack/operators";
import { refuseUnfitOperator } from "./stack/prometheus-operator";
import { whatRuns } from "./stack/take-over";
import { names } from "./systems";
import { refuseUnfitSecrets } from "./stack/secrets";
import { reportProgress, shortenFollowingErrors } from "./stack/summary";
import { redisVolumeIn, refuseUnchangeable } from "./stack/unchangeable";

// Read before anything is asynchronous: a problem is then reported at once.
const configuration = readConfiguration();
const { context, images, manifestCache, monitoring, namespacePrefix, passwordGeneration } = configuration;
const { platform, prometheus, protect, registries, systems } = configuration;
/** The programs that stand in for applications whose images are private. */
const standIns = "lab/stand-in";
const owner = { project: pulumi.getProject(), stack: pulumi.getStack() };

/** Makes sure that the stack is in its own cluster and namespaces. */
async function expectOwn(cluster: Cluster | undefined, outputs: Outputs): Promise<void> {
  const before = await namespacesBefore(systems, namespacePrefix, outputs, cluster, owner);
  refuseMoves(systems, namespacePrefix, before);
  if (!cluster) return;
  refuseOtherCluster(cluster, configuration, outputs);
  await refuseOperatorsOfOthers(cluster, platform);
  const claims = claimsOf(systems, namespacePrefix, platform, outputs, cluster.uid);
  const all = [...claims, ...monitoringClaims(monitoring)];
  await refuseForeignNamespaces(cluster, all, owner, configuration.takeOver);
  await refuseUnfitGuests(cluster, guestsOf(systems, namespacePrefix), owner);
  await refuseUnfitSecrets(cluster, systems, namespacePrefix);
  await refuseAbsentControllers(cluster, systems);
  await refuseUnfitOperator(cluster, monitoring);
}

/** Creates the provider that connects the engine to the cluster. */
function provider(): Provider {
  return new Provider(
    "cluster",
    {
      context,
      // Looked up by the provider, as kubectl does it. Otherwise the SDK takes $KUBECONFIG for one file, and the provider
      // leaves a copy of it, with its keys, in the directory for temporary files.
      kubeconfig: "",
      // It must never change, for another one would replace every object. stack/cluster.ts checks which cluster it is.
      clusterIdentifier: context,
      enableServerSideApply: true,
      // Takes over existing objects, such as those of a killed `up`. From 4.29 on the default is to refuse them.
      upsertExistingObjects: true,
      enableConfigMapMutable: true,
      // Otherwise a changed value of a Secret that has a name of its own replaces it, and what refers to it is deleted before.
      enableSecretMutable: true,
    },
    { ignoreChanges: ["clusterIdentifier"] },
  );
}

/** Returns the transformations that take over what is configured, and leave everything else of other tools as it is. */
async function besideOthers(cluster: Cluster): Promise<pulumi.ResourceTransformation[]> {
  const taken = await whatRuns(cluster, systems, namespacePrefix);
  const shared = guestsOf(systems, namespacePrefix).map(({ namespace }) => namespace);
  const isTaken = (object: Named) => takenAs(taken, object) !== undefined;
  return [
    ...(taken.length > 0 ? [takingOver(taken, () => clusterWriter(context))] : []),
    ...(shared.length > 0 ? [leavingOthers(shared, isTaken, cluster.read)] : []),
  ];
}

/** Returns the transformations with which Jobs that do not start, or take too long, say why, and what to do. */
function explainingJobs(): pulumi.ResourceTransformation[] {
  const ended = new Set<string>();
  return [watchingStarts(() => clusterWriter(context), ended), explainingDeadlines(ended)];
}

async function main(): Promise<Record<string, unknown>> {
  // First, so that it starts while the cluster is read.
  const providers = [provider()];
  const [left, cluster] = await Promise.all([stackOutputs(), reachCluster(context)]);
  const before = await withAbsent(left, (namespace) => hasSystem(cluster, namespace, owner));
  await expectOwn(cluster, before);
  const backups = placedBackups(configuration.backups, before);
  const [there, drift] = await Promise.all([
    databasesInCluster(systems, namespacePrefix, before, cluster),
    driftInDatabases(systems, namespacePrefix, cluster),
  ]);
  const databases = databasePlans(systems, protect, before, there);
  refuseUnchangeable(systems, databases, images.postgresql, before, there);
  const [beside = [], edits = []] = await Promise.all(
    cluster ? [besideOthers(cluster), takenBack(cluster, namespacesOf(configuration), context)] : [],
  );
  const ours = [objectDefaults, owned(owner), passwordsOf(passwordGeneration)];
  const opts = { providers, transformations: [...ours, ...(cluster ? explainingJobs() : []), ...beside, ...edits] };
  const operator = await Platform.create({ ...platform, images, registries, manifestCache, protect }, opts);
  const logged = collectsLogs(monitoring);
  const admission = { admissionPolicies: platform.admissionPolicies ?? platform.install };
  const deployed = systems.map((configured) => {
    const { system, settings, secrets } = configured;
    const namespace = namespaceOf(configured, namespacePrefix);
    const had = { databases: databases.get(system.name)!, redisVolume: redisVolumeIn(before, system.name) };
    const found = { drift: drift.get(system.name), passwordGeneration };
    const stack = {
      operator,
      backups,
      prometheus,
      registries,
      standIns,
      protect,
      namespace,
      collectsLogs: logged,
      ...had,
    };
    const own = { images: { ...images, postgresql: settings.postgres.image ?? images.postgresql }, settings, secrets };
    return [system.name, system.deploy({ ...own, ...stack, ...admission, ...found }, opts)] as const;
  });
  // Last, so that the systems need not wait for it.
  await monitor({ ...configuration, stack: owner.stack }, deployed, opts);
  await reportProgress(deployed);
  const uid = cluster?.uid ?? pinnedCluster(before);
  const configured = systems.map(({ system }) => system.name);
  return {
    ...(uid && { cluster: { uid } }),
    ...locationOutput(backups, before),
    ...absentIn(before, names, configured),
    ...Object.fromEntries(deployed.map(([name, { outputs }]) => [name, outputs])),
  };
}

shortenFollowingErrors();
export = main;
