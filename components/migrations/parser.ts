/** PostgreSQL's own parser: libpg_query, compiled to WebAssembly. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createContext, runInContext } from "node:vm";
import type * as LibPgQuery from "libpg-query";
import type { Node, ScanToken } from "libpg-query";

export type { Node } from "libpg-query";

/** Error of the parser about a text. */
export class SyntaxProblem extends Error {
  /** @param position characters before what it does not take */
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(message);
  }
}

/**
 * Parses statements.
 * @throws SyntaxProblem
 */
export function parse(sql: string): Node[] {
  if (sql.trim() === "") return [];
  try {
    return (parser().parseSync(sql).stmts ?? []).flatMap(({ stmt }) => stmt ?? []);
  } catch (error) {
    const { message, sqlDetails } = error as LibPgQuery.SqlError;
    throw sqlDetails ? new SyntaxProblem(message, sqlDetails.cursorPosition) : error;
  }
}

/** Lists the tokens of a text, as PostgreSQL's scanner reads them. Empty if it cannot. Their places are in bytes. */
export function tokensOf(sql: string): ScanToken[] {
  try {
    return parser().scanSync(sql).tokens;
  } catch {
    return [];
  }
}

/** Part of it that is used. Neither the library of ES nor Node.js' types declare it. */
declare const WebAssembly: {
  readonly Module: new (code: Buffer) => object;
  readonly Instance: new (module: object, imports: object) => object;
};

let loaded: typeof LibPgQuery | undefined;

const parser = () => (loaded ??= load());

/**
 * Loads the package at once, for the configuration is read before anything is asynchronous. The package itself is ready some
 * promises later: in a context of its own they are kept before the evaluation of its code returns.
 */
function load(): typeof LibPgQuery {
  const require = createRequire(__filename);
  const main = require.resolve("libpg-query");
  const folder = dirname(main);
  const module = { exports: {} as unknown };
  const globals = { module, exports: {}, console, process, TextDecoder, __dirname: folder, __filename: main };
  const context = createContext({ ...globals, require }, { microtaskMode: "afterEvaluate" });
  const run = (file: string) => runInContext(readFileSync(file, "utf8"), context, { filename: file }) as unknown;
  const glue = "libpg-query.js";
  run(join(folder, glue));
  const make = module.exports as (options: object) => unknown;
  const compiled = new WebAssembly.Module(readFileSync(join(folder, "libpg-query.wasm")));
  const instantiateWasm = (imports: object, receive: (instance: object) => void) => {
    receive(new WebAssembly.Instance(compiled, imports));
    return {};
  };
  const exports = {};
  const types = {};
  context.exports = exports;
  context.require = (name: string): unknown =>
    name === `./${glue}`
      ? () => make({ instantiateWasm })
      : name === "@pgsql/types"
        ? types
        : (require(name) as unknown);
  run(main);
  return exports as typeof LibPgQuery;
}
