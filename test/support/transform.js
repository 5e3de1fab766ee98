/** Lets jest read TypeScript, by the esbuild that the program uses anyway. Types are checked by `tsc`. */
const { transformSync } = require("esbuild");

module.exports = {
  process(text, path) {
    const { code, map } = transformSync(text, {
      loader: "ts",
      format: "cjs",
      target: "node20",
      sourcemap: true,
      sourcefile: path,
      tsconfigRaw: { compilerOptions: { useDefineForClassFields: true } },
    });
    return { code, map };
  },
};
