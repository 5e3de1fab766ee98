const project = (name, more = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  transform: { "\\.ts$": "<rootDir>/test/support/transform.js" },
  ...more,
});

const lab = {
  globalSetup: "<rootDir>/test/support/lab-setup.ts",
  globalTeardown: "<rootDir>/test/support/lab-teardown.ts",
};

/** @type {import("jest").Config} */
module.exports = {
  // For the slowest: a test of the lab brings a stack up several times, or waits for ten minutes.
  testTimeout: 1_200_000,
  // The tests of the lab go on from each other's stack: always in the same order.
  testSequencer: "<rootDir>/test/support/sequencer.js",
  projects: [
    project("unit"),
    project("services", { globalSetup: "<rootDir>/test/services/setup.ts" }),
    project("graph"),
    project("lab", lab),
    project("long", lab),
  ],
};
