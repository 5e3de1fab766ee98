/** Lets jest read TypeScript as the program does (register.cjs). Types are checked by `tsc`. */
const { transform } = require("sucrase");

module.exports = {
  process: (text, filePath) =>
    transform(text, { transforms: ["imports", "typescript"], disableESTransforms: true, filePath }),
};
