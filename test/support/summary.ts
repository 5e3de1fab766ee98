/** Adds up jest's results of all suites, for the last line of `npm test`. Argument: the directory of the results. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const directory = process.argv[2]!;
const results = readdirSync(directory)
  .filter((file) => file.endsWith(".json"))
  .map(
    (file) =>
      JSON.parse(readFileSync(join(directory, file), "utf8")) as { numPassedTests: number; numFailedTests: number },
  );
const passed = results.reduce((sum, { numPassedTests }) => sum + numPassedTests, 0);
const failed = results.reduce((sum, { numFailedTests }) => sum + numFailedTests, 0);
console.log(`${passed} passed, ${failed} failed`);
