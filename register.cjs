// Loaded before the program (see Pulumi.yaml): TypeScript is transpiled as it is required, never type-checked here, and
// what was compiled once is kept, since loading Pulumi's SDK takes longer than the program itself.
const { enableCompileCache } = require("node:module");

enableCompileCache?.();
require("tsx/cjs");
