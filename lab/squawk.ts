/** squawk, which checks migrations. Its program is in a package of Python's. */
import { join } from "node:path";
import { pythonEnvironment } from "./python";

const version = "2.70.0";

/** Returns the path of squawk. It is installed into the cache if it is not there. */
export const squawk = async (): Promise<string> =>
  join(await pythonEnvironment(join("squawk", version), [`squawk-cli==${version}`]), "bin", "squawk");
