/** `npm run dashboards:pictures`. */
import { command } from "../../command-line";
import { draw, help } from ".";

void command(help, async () => {
  if (!(await draw(process.argv.slice(2), console.log))) process.exitCode = 1;
});
