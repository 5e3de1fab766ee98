// Loaded before every TypeScript file of the project: it is transpiled as it is required, never type-checked here, and
// what was transpiled or compiled once is kept, since loading takes longer than the program itself. Lines stay where they
// are, so that an error names the right one without a source map: Pulumi's search for one, done for each frame of each
// promise's stack, is switched off.
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");
const { kept, own } = require("./components/identity/kept.cjs");

const cache = join(__dirname, "node_modules", ".cache", "runsheet", "transpiled");
// import() stays: it is how a module that is only an ES module is loaded.
const options = { transforms: ["imports", "typescript"], disableESTransforms: true, preserveDynamicImport: true };

// Node would keep it in the directory for temporary files, where others may have put something before.
enableCompileCache?.(join(own, "compiled"));
require.extensions[".ts"] = (module, filePath) => {
  Error.prepareStackTrace = undefined;
  module._compile(transpiled(readFileSync(filePath, "utf8"), filePath), filePath);
};

function transpiled(source, filePath) {
  const name = createHash("sha256").update(JSON.stringify(options)).update(source).digest("hex");
  return kept(join(cache, `${name}.sealed`), () => require("sucrase").transform(source, { ...options, filePath }).code);
}
