/** `npm run watch`. */
import { join } from "node:path";
import { command } from "../../command-line";
import { Kubectl } from "../../drills/kubectl";
import type { Scenario } from "../../drills/scenario";
import { StackSettings } from "../../drills/stack-settings";
import { projectDirectory } from "../../engine/project";
import { environment } from "../../lab/pulumi";
import { lab } from "../../lab/target";
import { documentOf } from "../../runbook/content/document";
import { readReports } from "../../runbook/content/recovery";
import { html } from "../../runbook/render/html";
import { systemsIn, type Resource } from "../../runbook/source/graph";
import { stateGraph } from "../../runbook/source/state";
import { Place } from "../place";
import { help, readArguments } from "./arguments";
import { watch } from "./watch";

void command(help, async () => {
  const { stack, port } = readArguments(process.argv.slice(2));
  const settings = StackSettings.read(stack);
  const context = settings.configured<string>("runsheet:context");
  // The lab has its own Pulumi.
  if (stack === lab.stack) Object.assign(process.env, await environment(lab));
  const place = new Place(stack);
  const print = (line: string) => console.log(line);
  const readGraph = () =>
    stateGraph(stack).catch((error: Error) => {
      print(`Steps are named as they begin: ${error.message}`);
      return [];
    });
  const { url, close } = await watch({
    ...{ place, port, readGraph, print, runbookOf: runbooks(settings) },
    ...(context !== undefined && { kubectl: new Kubectl(context) }),
  });
  print(`The stack ${stack}: ${url}`);
  print(`For a Pulumi of your own: PULUMI_DEBUG_COMMANDS=true pulumi up --stack ${stack} --event-log ${place.log}`);
  print("Ctrl-C ends it.");
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void close().then(() => process.exit(0)));
});

/** Renders the runbooks as `npm run runbook -- --stack NAME` does, of the resources as the run knows them. */
function runbooks(settings: StackSettings) {
  const source = {
    stack: settings.name,
    isDeployed: true,
    objectives: (scenario: Scenario) => settings.objectives(scenario),
  };
  const resolve = (address: string) => join("docs", "runbooks", address);
  return async (system: string, graph: readonly Resource[]) => {
    if (!systemsIn(graph).includes(system)) return undefined;
    const reports = readReports(join(projectDirectory, "reports"), new Date());
    return html(documentOf(system, { ...source, graph, reports }), resolve);
  };
}
