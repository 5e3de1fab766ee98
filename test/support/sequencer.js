/**
 * The order of test files. A file of the lab's tests begins with a stack that is whole, with the configuration that the file
 * before it left, and ends so as well (faulty-stack.ts): any order would do, but for the files named here. All others run in the
 * order of their names, so that a failure comes again.
 */
const Sequencer = require("@jest/test-sequencer").default;
const { existsSync } = require("node:fs");
const { join, relative } = require("node:path");

const root = join(__dirname, "..", "..");

/** Looks at what `npm run up` has left. */
const first = ["test/lab/after-up.test.ts"];
/** Remove the lab: the one sets up another, the other ends without any. */
const last = ["test/long/upgrade.test.ts", "test/long/whole-life.test.ts"];

for (const file of [...first, ...last])
  if (!existsSync(join(root, file))) throw new Error(`test/support/sequencer.js orders ${file}, which does not exist`);

/** The place of a file: before 0 for the first ones, after 0 for the last ones. */
function place(path) {
  const file = relative(root, path);
  return first.includes(file) ? first.indexOf(file) - first.length : last.indexOf(file) + 1;
}

module.exports = class extends Sequencer {
  sort(tests) {
    return [...tests].sort((one, other) => place(one.path) - place(other.path) || (one.path < other.path ? -1 : 1));
  }
};
