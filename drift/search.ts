/** Search for drift: everything that is looked at, in one report. */
import { clusterWriter } from "../components/kubernetes/kubeconfig";
import type { Change, RunbookRecord } from "../engine/change";
import { contextOf, refreshStack, type PreviewRun } from "../engine/stack";
import { names } from "../systems";
import { failedChecks, type Client } from "./checks";
import type { Drift, DriftedSystem, Finding } from "./finding";
import { driftedObjects } from "./objects";
import { record } from "./record";
import { editedKinds, undeclaredObjects } from "./undeclared";

export interface SearchArgs {
  readonly stack: string;
  /** False leaves out the checks in the cluster, and writes nothing there. */
  readonly checks: boolean;
  /** Tells what is done, in a line. */
  readonly say: (line: string) => void;
}

/**
 * Searches a stack for drift. What could not be looked at is among the errors.
 * @throws Error if the stack has no context
 */
export async function search({ stack, checks, say }: SearchArgs): Promise<Drift> {
  say(`Compares the state of the stack ${stack} with what is there (pulumi refresh --preview-only)`);
  const run = await refreshStack(stack);
  const errors = run.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
  if (run.failed) return report(stack, run, [], errors);
  const client = await clusterWriter(await contextOf(stack));
  const looks: (() => Promise<Finding[]>)[] = [
    () => undeclaredObjects(run.resources, client.read),
    () => editedKinds(run.resources, client.read),
    ...(checks ? [() => checked(run, client, say)] : []),
  ];
  const looked = await Promise.allSettled(looks.map((look) => look()));
  const found = looked.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  const refused = looked.flatMap((each) => (each.status === "rejected" ? [(each.reason as Error).message] : []));
  return report(stack, run, [...driftedObjects(run.resources), ...found], [...errors, ...refused]);
}

/** Runs the checks, and leaves what they find to the next `up`. */
async function checked({ resources }: PreviewRun, client: Client, say: SearchArgs["say"]): Promise<Finding[]> {
  say("Checks the databases (Jobs in the systems' namespaces)");
  const id = Date.now().toString(36);
  const failed = await failedChecks(resources, client, id);
  for (const [system, namespace] of Object.entries(namespacesOf(resources)))
    await record(
      namespace,
      failed.filter((finding) => finding.system === system),
      client,
      id,
    );
  return failed;
}

/** Namespaces by system: those of the Jobs, for each has some, also in a namespace of others. */
function namespacesOf(resources: readonly Change[]): Record<string, string> {
  const jobs = resources.filter(({ type, system }) => type === "kubernetes:batch/v1:Job" && system !== undefined);
  const namespace = ({ before }: Change) => (before?.outputs.metadata as { namespace: string }).namespace;
  return Object.fromEntries(jobs.map((job) => [job.system!, namespace(job)] as const));
}

function report(stack: string, run: PreviewRun, findings: readonly Finding[], errors: readonly string[]): Drift {
  const result = errors.length > 0 || run.failed ? "failed" : findings.length > 0 ? "drift" : "none";
  return {
    ...{ version: 1, stack, namespaces: namespacesOf(run.resources), result, errors },
    systems: inOrder(run.runbooks)
      .map((runbook) => driftedSystem(runbook, findings))
      .filter((system) => system.findings.length > 0),
    others: findings.filter(({ system }) => system === undefined),
  };
}

function driftedSystem({ system, title, steps }: RunbookRecord, findings: readonly Finding[]): DriftedSystem {
  const place = ({ step }: Finding) => steps.findIndex(({ name }) => name === step);
  const own = findings.filter((finding) => finding.system === system);
  return { name: system, title, findings: [...own].sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1)) };
}

/** Sorts runbooks in the order of all summaries. */
function inOrder(runbooks: readonly RunbookRecord[]): RunbookRecord[] {
  const place = ({ system }: RunbookRecord) => (names.includes(system) ? names.indexOf(system) : names.length);
  return [...runbooks].sort((a, b) => place(a) - place(b) || (a.system < b.system ? -1 : 1));
}
