/** `npm run dashboards`. */
import { command } from "../command-line";
import { help, write } from "./write";

void command(help, () => {
  write(process.argv.slice(2), console.log);
  return Promise.resolve();
});
