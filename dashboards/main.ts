/** `npm run dashboards`. */
import { command } from "./arguments";
import { help, write } from "./write";

void command(help, () => {
  write(process.argv.slice(2), console.log);
  return Promise.resolve();
});
