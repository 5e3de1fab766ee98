import { missingEnvironment, readSettings, SettingsError } from "../../../../lab/stand-in/core/settings";
import { readPrismSettings } from "../../../../lab/stand-in/prism/settings";

const least = { STAND_IN_SYSTEM: "prism", STAND_IN_ROLE: "api" };

test("the defaults", () => {
  expect(readSettings(least)).toEqual({
    system: "prism",
    role: "api",
    release: "unknown",
    port: 3000,
    databaseUrl: undefined,
    redisUrl: undefined,
    requires: [],
    drainSeconds: 5,
    faults: undefined,
    environment: least,
  });
});

test("the required variables that are missing or empty are named", () => {
  const settings = readSettings({
    ...least,
    STAND_IN_REQUIRES: "OPENAI_API_KEY, SUPABASE_URL,A,",
    A: "1",
    SUPABASE_URL: "",
  });
  expect(missingEnvironment(settings)).toEqual(["OPENAI_API_KEY", "SUPABASE_URL"]);
});

test.each([
  [{ STAND_IN_ROLE: "api" }, 'STAND_IN_SYSTEM is not set: set it, for example to "prism".'],
  [{ ...least, PORT: "http" }, 'PORT is "http": set it to a whole number from 0 to 65535.'],
  [{ ...least, DRAIN_SECONDS: "-1" }, 'DRAIN_SECONDS is "-1": set it to a number from 0 to 600.'],
  [
    { ...least, DATABASE_URL: "mysql://u:secret@h/d" },
    "DATABASE_URL is no URL like postgresql://user:password@host:port/name: percent-encode what is special in the password.",
  ],
  [
    { ...least, REDIS_URL: "localhost" },
    "REDIS_URL is no URL like redis://user:password@host:port/name: percent-encode what is special in the password.",
  ],
])("%j is refused", (environment, message) => {
  expect(() => readSettings(environment)).toThrow(new SettingsError(message));
});

test("PRISM's optional variables have the runbook's defaults", () => {
  expect(readPrismSettings({})).toMatchObject({
    feedbackBatchSize: 100,
    retrainingThreshold: 50,
    insightsBatchSize: 50,
    confidenceThreshold: 0.7,
  });
});

test.each([
  ["FEEDBACK_BATCH_SIZE", "0", "a whole number from 1 to 10000"],
  ["RETRAINING_THRESHOLD", "1.5", "a whole number from 1 to 10000"],
  ["INSIGHTS_BATCH_SIZE", "many", "a whole number from 1 to 10000"],
  ["MODEL_CONFIDENCE_THRESHOLD", "70", "a number from 0 to 1"],
])("%s=%s is refused", (name, value, expected) => {
  expect(() => readPrismSettings({ [name]: value })).toThrow(`${name} is "${value}": set it to ${expected}.`);
});
