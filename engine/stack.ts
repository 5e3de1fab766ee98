/** Stacks of this project, through Pulumi's Automation API. */
import { LocalWorkspace, Stack } from "@pulumi/pulumi/automation";
import type { Run } from "./change";
import { Events, plain } from "./events";
import { projectDirectory } from "./project";

/**
 * Opens a stack without selecting it: the next plain `pulumi up` of the checkout is still for the stack that its user has
 * chosen. Whether the stack exists is found by the first operation on it.
 * @param envVars variables of every operation, beside those of this process. Default: none
 * @param workDir directory of the project. Default: this one's
 */
export async function openStack(
  name: string,
  envVars: Readonly<Record<string, string>> = {},
  workDir: string = projectDirectory,
): Promise<Stack> {
  const workspace = await LocalWorkspace.create({ workDir, envVars: { ...envVars } });
  const unselected = Object.create(workspace, { selectStack: { value: () => Promise.resolve() } }) as LocalWorkspace;
  return Stack.select(name, unselected);
}

/**
 * Keeps the engine from serializing the whole state at every change, which it does in a preview, too, and throws away: half
 * of the time of a preview with many changes. An `up` must have it, for it may be killed.
 */
const withoutCheckpoints = { PULUMI_SKIP_CHECKPOINTS: "true" };

export interface PreviewArgs {
  /** Directories of policy packs. Default: none. */
  readonly policyPacks?: readonly string[];
}

/** Preview or refresh, as the engine told it. */
export interface PreviewRun extends Run {
  /** True if the engine has ended with an error. */
  readonly failed: boolean;
}

/**
 * Previews an `up` of a stack. A preview that fails is told like any other: its errors are among the diagnostics, or what
 * Pulumi wrote if it ended before the engine began.
 */
export const previewStack = (name: string, { policyPacks = [] }: PreviewArgs = {}): Promise<PreviewRun> =>
  told(name, "preview", (stack, options) =>
    stack.preview({ ...options, policyPacks: [...policyPacks], suppressProgress: true }),
  );

/**
 * Compares the state of a stack with what is there, and writes nothing. An update is a resource that differs, a deletion
 * one that is gone; `before` is the state, `after` what is there. One that fails is told as `previewStack` tells it.
 */
export const refreshStack = (name: string): Promise<PreviewRun> =>
  told(name, "refresh", (stack, options) => stack.previewRefresh(options));

/** Cluster of a stack, as its configuration and its last `up` name it. */
export interface ClusterOfStack {
  /** Context of the kubeconfig that leads to it. */
  readonly context: string;
  /** UID that the configuration names. Undefined if it names none. */
  readonly cluster?: string;
  /** Outputs of the last `up`, secrets among them. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * Returns the cluster of a stack.
 * @throws Error if the configuration has no context, or the stack cannot be read
 */
export async function clusterOf(name: string): Promise<ClusterOfStack> {
  const stack = await openStack(name);
  const [config, left] = await Promise.all([stack.getAllConfig(), stack.outputs()]).catch((error: Error) => {
    // Not the whole of the command's output, in which values may stand.
    throw new Error(/^error: (.*)$/m.exec(error.message)?.[1] ?? `the stack ${name} cannot be read`);
  });
  const { value: context } = config["runsheet:context"] ?? {};
  if (context === undefined) throw new Error(`the stack ${name} has no runsheet:context: set it, or run up first`);
  const cluster = config["runsheet:cluster"]?.value;
  const outputs = Object.entries(left).map(([key, { value }]) => [key, value as unknown] as const);
  return { context, ...(cluster !== undefined && { cluster }), outputs: Object.fromEntries(outputs) };
}

interface Options {
  readonly color: "never";
  readonly onEvent: Events["take"];
  readonly onError: (text: string) => void;
}

async function told(
  name: string,
  operation: "preview" | "refresh",
  work: (stack: Stack, options: Options) => Promise<unknown>,
): Promise<PreviewRun> {
  const stack = await openStack(name, withoutCheckpoints);
  const events = new Events();
  let written = "";
  const failed = await work(stack, {
    ...{ color: "never", onEvent: events.take },
    onError: (text) => (written += text),
  }).then(
    () => false,
    (error: Error) => {
      written ||= error.message;
      return true;
    },
  );
  const run = events.run();
  // The engine's own last words say no more than the errors before them.
  const diagnostics = run.diagnostics.filter(({ message }) => message !== `${operation} failed`);
  const isTold = diagnostics.some(({ severity }) => severity === "error") || run.violations.some(isMandatory);
  if (!failed || isTold) return { ...run, diagnostics, failed };
  const message = plain(written).replace(/^error: /, "") || `pulumi ${operation} failed, and said nothing`;
  return { ...run, diagnostics: [...diagnostics, { severity: "error", message }], failed };
}

const isMandatory = ({ level }: Run["violations"][number]) => level === "mandatory";
