/** Search for drift: everything that is looked at, in one report. */
import { clusterWriter, type ClusterClient } from "../components/kubernetes/kubeconfig";
import type { Change, RunbookRecord } from "../engine/change";
import { inOrder } from "../engine/order";
import { standingOf, type Standing, type Unended } from "../engine/in-progress";
import { clusterOf, refreshStack, type PreviewRun } from "../engine/stack";
import { refuseOtherCluster } from "../stack/cluster";
import { failedChecks } from "./checks";
import { editedKinds } from "./edited-kinds";
import type { Drift, DriftedSystem, Finding, Found } from "./finding";
import { driftedObjects } from "./objects";
import { record } from "./record";
import { undeclaredObjects } from "./undeclared";
import { wayOn } from "./words";

export interface SearchArgs {
  readonly stack: string;
  /** False leaves out the checks in the cluster, and writes nothing there. */
  readonly checks: boolean;
  /** Tells what is done, in a line. */
  readonly say: (line: string) => void;
}

/**
 * Searches a stack for drift. What could not be looked at is among the errors. Beside an update nothing is told: what is
 * half made is no drift.
 * @throws Error if the stack has no context, or its cluster cannot be reached, or is another one
 */
export async function search({ stack, checks, say }: SearchArgs): Promise<Drift> {
  const before = await standingOf(stack);
  if (before.unended) return unended(stack, before.unended);
  const client = await clientOf(stack);
  say(`Compares the state of the stack ${stack} with what is there (pulumi refresh --preview-only)`);
  const run = await refreshStack(stack);
  const found = run.failed ? { findings: [], errors: errorsOf(run) } : await lookAround(run, client, checks, say);
  const meanwhile = begunMeanwhile(before, await standingOf(stack));
  return meanwhile ? unended(stack, meanwhile) : report(stack, run, found);
}

/** Update that has begun during a search, also if it has ended. */
function begunMeanwhile(before: Standing, { written, unended }: Standing): Unended | undefined {
  if (unended || written === before.written) return unended;
  return { since: written, words: `an update ran meanwhile, which wrote the state last at ${written}` };
}

/** Hours after which an update was killed, or somebody has to look why it has not ended. */
const longestUpdateHours = 12;

/** Report without a comparison. Nobody has to know of an update that runs, but of one that never ends. */
function unended(stack: string, { since, words }: Unended): Drift {
  const isOver = Date.now() - Date.parse(since) > longestUpdateHours * 3_600_000;
  const result = isOver ? "failed" : "busy";
  return { ...{ version: 1, stack, namespaces: {}, result, systems: [], others: [] }, errors: [words, wayOn(stack)] };
}

/** Connects to the stack's cluster. In another one everything would be missing. */
async function clientOf(stack: string): Promise<ClusterClient> {
  const of = await clusterOf(stack);
  const client = await clusterWriter(of.context);
  const system = await client
    .read<{ readonly metadata: { readonly uid: string } }>("/api/v1/namespaces/kube-system")
    .catch((error: Error) => {
      throw new Error(`the cluster of the context "${of.context}" cannot be reached: ${error.message}`);
    });
  if (!system) throw new Error(`the cluster of the context "${of.context}" has no namespace kube-system`);
  refuseOtherCluster({ uid: system.metadata.uid, read: client.read }, of, of.outputs);
  return client;
}

async function lookAround(
  run: PreviewRun,
  client: ClusterClient,
  checks: boolean,
  say: SearchArgs["say"],
): Promise<Found> {
  const { resources } = run;
  if (!resources.some(({ custom, type }) => custom && !type.startsWith("pulumi:"))) return nothing;
  const looks = await Promise.all([
    undeclaredObjects(resources, client.read),
    editedKinds(resources, client.read).catch(refused),
    ...(checks ? [checked(resources, client, say)] : []),
  ]);
  const errors = [...errorsOf(run), ...looks.flatMap((look) => look.errors)];
  return { findings: [...driftedObjects(resources), ...looks.flatMap(({ findings }) => findings)], errors };
}

/** A stack without resources is compared with nothing: it is no stack without drift. */
const nothing: Found = {
  findings: [],
  errors: ["the state has no resources: no up has made any, a destroy has removed them, or it is another backend's"],
};

const refused = (error: unknown): Found => ({ findings: [], errors: [(error as Error).message] });

const errorsOf = ({ diagnostics }: PreviewRun): string[] =>
  diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ resource, message }) => (resource === undefined ? message : `${resource}: ${message}`));

/** Runs the checks, and leaves what they find to the next `up`. */
async function checked(resources: readonly Change[], client: ClusterClient, say: SearchArgs["say"]): Promise<Found> {
  say("Checks the databases (Jobs in the systems' namespaces)");
  const id = Date.now().toString(36);
  const { findings, errors, looked } = await failedChecks(resources, client, id);
  const namespaces = namespacesOf(resources);
  const recorded = await Promise.allSettled(
    looked.map((system) =>
      record(
        namespaces[system]!,
        findings.filter((finding) => finding.system === system),
        client,
        id,
      ),
    ),
  );
  const unrecorded = recorded.flatMap((each) => (each.status === "rejected" ? [(each.reason as Error).message] : []));
  return { findings, errors: [...errors, ...unrecorded] };
}

/** Namespaces by system: those of the Jobs, for each has some, also in a namespace of others. */
function namespacesOf(resources: readonly Change[]): Record<string, string> {
  const namespaces = resources.flatMap(({ type, system, before }) => {
    const { namespace } = (before?.outputs.metadata ?? {}) as { readonly namespace?: string };
    const isJob = type === "kubernetes:batch/v1:Job" && system !== undefined && namespace !== undefined;
    return isJob ? [[system, namespace] as const] : [];
  });
  return Object.fromEntries(namespaces);
}

function report(stack: string, run: PreviewRun, { findings, errors }: Found): Drift {
  const result = errors.length > 0 || run.failed ? "failed" : findings.length > 0 ? "drift" : "none";
  const known = run.runbooks.map(({ system }) => system);
  return {
    ...{ version: 1, stack, namespaces: namespacesOf(run.resources), result, errors: [...new Set(errors)] },
    systems: inOrder(run.runbooks)
      .map((runbook) => driftedSystem(runbook, findings))
      .filter((system) => system.findings.length > 0),
    others: findings.filter(({ system }) => system === undefined || !known.includes(system)),
  };
}

function driftedSystem({ system, title, steps }: RunbookRecord, findings: readonly Finding[]): DriftedSystem {
  const place = ({ step }: Finding) => steps.findIndex(({ name }) => name === step);
  const own = findings.filter((finding) => finding.system === system);
  return { name: system, title, findings: [...own].sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1)) };
}
