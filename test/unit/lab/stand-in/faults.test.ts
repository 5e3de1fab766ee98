import { createFaults, parseFaults } from "../../../../lab/stand-in/core/faults";
import { openRedis } from "../../../../lab/stand-in/core/redis";
import { readSettings } from "../../../../lab/stand-in/core/settings";

const log = () => undefined;
const faultsOf = (faults: unknown) => {
  const environment = { STAND_IN_SYSTEM: "prism", STAND_IN_ROLE: "api", STAND_IN_FAULTS: JSON.stringify(faults) };
  return createFaults(readSettings(environment), openRedis(undefined, log), log);
};

test("a fault hits its path as often as it says, and no other path", async () => {
  const faults = faultsOf([{ path: "/health", status: 500, remaining: 2 }]);
  expect(await faults.take("GET", "/ready")).toBeUndefined();
  expect(await faults.take("GET", "/health")).toMatchObject({ status: 500 });
  expect(await faults.take("GET", "/health")).toMatchObject({ status: 500 });
  expect(await faults.take("GET", "/health")).toBeUndefined();
});

test("a path may end in a star; method and role narrow it; without a count it stays", async () => {
  const faults = faultsOf([
    { path: "/api/*", method: "POST", hang: true },
    { path: "/live", role: "functions", status: 500 },
  ]);
  expect(await faults.take("GET", "/api/feedback")).toBeUndefined();
  expect(await faults.take("POST", "/api/feedback")).toMatchObject({ hang: true });
  expect(await faults.take("POST", "/api/feedback")).toMatchObject({ hang: true });
  expect(await faults.take("GET", "/live")).toBeUndefined();
});

test.each([
  ["{}", "faults must be a JSON array"],
  ['[{"status":500}]', 'each fault needs a "path"'],
  ['[{"path":"/health","status":99}]', "the status of /health must be a whole number from 200 to 599"],
])("%s is refused", (text, message) => {
  expect(() => parseFaults(text)).toThrow(message);
});

test("faults in the environment that cannot be read stop the start", () => {
  expect(() => faultsOf({})).toThrow("STAND_IN_FAULTS cannot be read: faults must be a JSON array.");
});
