/**
 * Program in which a resource fails. Prints the SDK's real error messages as JSON, for tests of the code that parses
 * them.
 */
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { errorOf } from "../../components/runbook/settled";
import { failedResource, Runbook } from "../../components/runbook";
import { shortenFollowingErrors } from "../../stack/summary";
import { collectResources } from "./mocks";

type Answer = (error: unknown, response: { setResult(result: number): void }) => void;
type Register = (request: { getName(): string }, answer: Answer) => unknown;

/** Result.FAIL of the engine: the resource failed, and the engine continues with the others. */
const failed = 1;

const monitor = MockMonitor.prototype as unknown as { registerResource: Register };
const { registerResource } = monitor;
monitor.registerResource = function (this: unknown, request, answer) {
  return registerResource.call(this, request, (error, response) => {
    if (request.getName() === "failing") response.setResult(failed);
    answer(error, response);
  });
};

const shown = new Set<string>();
shortenFollowingErrors();
process.on("unhandledRejection", (error) => shown.add((error as Error).message));

async function main(): Promise<void> {
  collectResources();
  const runbook = new Runbook("demo", { title: "Demo" });
  const resources: Record<string, pulumi.Resource> = {};
  runbook.step("one", { title: "One" }, (parent) => {
    const failing = new ConfigMap("failing", {}, { parent });
    Object.assign(resources, { failing, using: new ConfigMap("using", { data: { name: failing.id } }, { parent }) });
  });
  runbook.step("two", { title: "Two" }, (parent) => {
    resources.after = new ConfigMap("after", {}, { parent });
  });
  const found = await Promise.all(
    Object.entries(resources).map(async ([name, resource]) => {
      const error = await errorOf(resource);
      return [name, { message: error?.message, failed: failedResource(error) }] as const;
    }),
  );
  const progress = await runbook.progress();
  // By then the last dependent resource has been rejected.
  process.on("exit", () => console.log(JSON.stringify({ ...Object.fromEntries(found), progress, shown: [...shown] })));
}

void main();
