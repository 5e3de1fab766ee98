/** @type {import("jest").Config} */
const project = (name, directory, timeout) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${directory}/**/*.test.ts`],
  transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022" } }] },
  testTimeout: timeout,
});

module.exports = {
  projects: [
    project("unit", "unit", 30_000),
    project("graph", "graph", 300_000),
    project("migrations", "migrations", 120_000),
    project("lab", "lab", 900_000),
  ],
};
