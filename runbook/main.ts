/** Renders runbooks from the program: `npm run runbook`. */
import { join } from "node:path";
import { command } from "../command-line";
import type { Scenario } from "../drills/scenario";
import { StackSettings } from "../drills/stack-settings";
import { projectDirectory } from "../engine/project";
import { environment } from "../lab/pulumi";
import { lab } from "../lab/target";
import { help, readArguments } from "./arguments";
import { readReports } from "./content/recovery";
import { programGraph } from "./source/program";
import { stateGraph } from "./source/state";
import { writeRunbooks } from "./write";

void command(help, async () => {
  const { stack, isDeployed, ...wanted } = readArguments(process.argv.slice(2));
  // The lab has its own Pulumi.
  if (isDeployed && stack === lab.stack) Object.assign(process.env, await environment(lab));
  const graph = await (isDeployed ? stateGraph(stack) : programGraph(stack));
  const reports = readReports(join(projectDirectory, "reports"), new Date());
  const settings = StackSettings.read(stack);
  const objectives = (scenario: Scenario) => settings.objectives(scenario);
  await writeRunbooks({ graph, stack, isDeployed, reports, objectives }, wanted, console.log);
});
