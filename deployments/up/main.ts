/** `pulumi up` as `npm run up` shows it. The lab, which knows nothing of what is deployed, starts it as a program. */
import { command } from "../../command-line";
import { stateGraph } from "../../runbook/source/state";
import { Place } from "../place";
import { help, readArguments } from "./arguments";
import { up } from "./up";

void command(help, async () => {
  const args = readArguments(process.argv.slice(2));
  // A new stack has no state yet.
  const readGraph = () => stateGraph(args.stack).catch(() => []);
  process.exitCode = await up({ ...args, place: new Place(args.stack), readGraph });
});
