/** Stacks of this project, through Pulumi's Automation API. */
import { LocalWorkspace, Stack } from "@pulumi/pulumi/automation";
import type { Run } from "./change";
import { Events } from "./events";
import { projectDirectory } from "./project";

/**
 * Opens a stack without selecting it: the next plain `pulumi up` of the checkout is still for the stack that its user has
 * chosen. Whether the stack exists is found by the first operation on it.
 * @param envVars variables of every operation, beside those of this process. Default: none
 */
export async function openStack(name: string, envVars: Readonly<Record<string, string>> = {}): Promise<Stack> {
  const workspace = await LocalWorkspace.create({ workDir: projectDirectory, envVars: { ...envVars } });
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

/** Preview, as the engine told it. */
export interface PreviewRun extends Run {
  /** True if the engine has ended with an error. */
  readonly failed: boolean;
}

/**
 * Previews an `up` of a stack. A preview that fails is told like any other: its errors are among the diagnostics, or what
 * Pulumi wrote if it ended before the engine began.
 */
export async function previewStack(name: string, { policyPacks = [] }: PreviewArgs = {}): Promise<PreviewRun> {
  const stack = await openStack(name, withoutCheckpoints);
  const events = new Events();
  let written = "";
  const failed = await stack
    .preview({
      ...{ onEvent: events.take, policyPacks: [...policyPacks], color: "never", suppressProgress: true },
      onError: (text) => (written += text),
    })
    .then(
      () => false,
      (error: Error) => {
        written ||= error.message;
        return true;
      },
    );
  const run = events.run();
  // The engine's own last words say no more than the errors before them.
  const diagnostics = run.diagnostics.filter(({ message }) => message !== "preview failed");
  const told = diagnostics.some(({ severity }) => severity === "error") || run.violations.some(isMandatory);
  if (!failed || told) return { ...run, diagnostics, failed };
  const message = written.trim().replace(/^error: /, "") || "pulumi preview failed, and said nothing";
  return { ...run, diagnostics: [...diagnostics, { severity: "error", message }], failed };
}

const isMandatory = ({ level }: Run["violations"][number]) => level === "mandatory";
