/**
 * Records the engine's logs of real runs, for the tests that have no engine: test/fixtures/deployment/*.jsonl, and the
 * resources before them. Messages for debugging and the outputs of objects are left out, and paths are replaced.
 *
 *   bash lab/run.sh shell node --require ./register.cjs test/support/deployment/record.ts
 */
import type { EngineEvent, StepEventStateMetadata } from "@pulumi/pulumi/automation";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectDirectory } from "../../../engine/project";
import type { Resource } from "../../../runbook/source/graph";
import { DemoStack } from "./demo-stack";

const directory = join(__dirname, "..", "..", "fixtures", "deployment");
const stack = new DemoStack();

async function record(name: string, ...args: string[]): Promise<void> {
  const log = join(stack.state, `${name}.jsonl`);
  await stack.tried("up", "--yes", "--event-log", log, ...args);
  const events = readFileSync(log, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as EngineEvent);
  write(`${name}.jsonl`, events.filter(isTelling).map(slim).map(text).join(""));
}

const text = (value: unknown) => `${JSON.stringify(value)}\n`;

const write = (name: string, content: string) =>
  writeFileSync(
    join(directory, name),
    [stack.directory, projectDirectory].reduce(
      (result, checkout) => result.replaceAll(checkout, "/checkout"),
      content.replaceAll(stack.state, "/demo"),
    ),
  );

const isTelling = ({ diagnosticEvent }: EngineEvent) =>
  diagnosticEvent === undefined ||
  ((diagnosticEvent.severity as string) !== "debug" && !diagnosticEvent.message.includes("pulumi-resource-kubernetes"));

function slim(event: EngineEvent): EngineEvent {
  for (const told of [event.resourcePreEvent, event.resOutputsEvent, event.resOpFailedEvent])
    for (const state of [told?.metadata.old, told?.metadata.new]) if (state?.custom) leaveOut(state);
  return event;
}

function leaveOut(state: StepEventStateMetadata): void {
  const metadata = state.inputs.metadata as unknown;
  Object.assign(state, { inputs: metadata === undefined ? {} : { metadata }, outputs: {} });
}

async function recordState(name: string): Promise<void> {
  const slimmed = (await stack.graph()).map(({ inputs, outputs, ...resource }): Resource => {
    const isComponent = resource.type.startsWith("runsheet:");
    return { ...resource, inputs: { metadata: inputs.metadata }, outputs: isComponent ? outputs : {} };
  });
  write(`${name}.jsonl`, slimmed.map(text).join(""));
}

async function main(): Promise<void> {
  mkdirSync(directory, { recursive: true });
  await stack.create(2500);
  await record("first", "--skip-preview");
  await recordState("after-first");
  await stack.set({ release: "1.1" });
  await record("release", "--skip-preview");
  await recordState("after-release");
  await stack.set({ release: "1.2", failing: "true" });
  await record("failed", "--skip-preview");
  await stack.set({ failing: "false" });
  await stack.tried("up", "--yes", "--skip-preview");
  await recordState("after-mended");
  await record("same", "--skip-preview");
}

void main().finally(() => stack.remove());
