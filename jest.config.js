const project = (name, more = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  transform: { "\\.ts$": "<rootDir>/test/support/transform.js" },
  ...more,
});

/** @type {import("jest").Config} */
module.exports = {
  // For the slowest: a test of the lab brings a stack up several times, or waits for ten minutes.
  testTimeout: 1_200_000,
  projects: [
    project("unit"),
    project("migrations", { globalSetup: "<rootDir>/test/migrations/setup.ts" }),
    project("graph"),
    project("lab"),
    project("long"),
  ],
};
