const Sequencer = require("@jest/test-sequencer").default;

/** Runs the files in the order of their names. */
module.exports = class extends Sequencer {
  sort(tests) {
    return [...tests].sort((one, other) => (one.path < other.path ? -1 : 1));
  }
};
