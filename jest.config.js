/** @type {import("jest").Config} */
const project = (name, directory, timeout, more = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${directory}/**/*.test.ts`],
  transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022" } }] },
  testTimeout: timeout,
  ...more,
});

module.exports = {
  projects: [
    project("unit", "unit", 30_000),
    project("graph", "graph", 300_000),
    project("migrations", "migrations", 120_000, { globalSetup: "<rootDir>/test/migrations/setup.ts" }),
    project("lab", "lab", 900_000),
  ],
};
