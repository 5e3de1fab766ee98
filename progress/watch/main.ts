/** `npm run watch`. */
import { command } from "../../command-line";
import { Kubectl } from "../../drills/kubectl";
import { StackSettings } from "../../drills/stack-settings";
import { environment } from "../../lab/pulumi";
import { lab } from "../../lab/target";
import { stateGraph } from "../../runbook/source/state";
import { Place } from "../place";
import { help, readArguments } from "./arguments";
import { watch } from "./watch";

void command(help, async () => {
  const { stack, port } = readArguments(process.argv.slice(2));
  const context = StackSettings.read(stack).configured<string>("runsheet:context");
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
    ...{ place, port, readGraph, print },
    ...(context !== undefined && { kubectl: new Kubectl(context) }),
  });
  print(`The stack ${stack}: ${url}`);
  print(`For a Pulumi of your own: PULUMI_DEBUG_COMMANDS=true pulumi up --stack ${stack} --event-log ${place.log}`);
  print("Ctrl-C ends it.");
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void close().then(() => process.exit(0)));
});
