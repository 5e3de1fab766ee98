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
  // Says in which order the lab's files run.
  testSequencer: "<rootDir>/test/support/sequencer.js",
  projects: [
    project("unit"),
    project("services", { globalSetup: "<rootDir>/test/services/setup.ts" }),
    project("graph"),
    project("lab", lab),
    project("long", lab),
  ],
};
