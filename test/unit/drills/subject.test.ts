/** Subject of an interrupted drill: it goes on with the same, within a day. */
import { expectSameDrill, type Subject } from "../../../drills/subject";

const subject: Subject = {
  ...{ scenario: "point-in-time", system: "prism", stack: "production", configuration: "12ab" },
  ...{ context: "eu-1", cluster: "a-uid", backend: "s3://states" },
};
const began = Date.UTC(2026, 10, 27, 10);
const hour = 3_600_000;
const goOn = (now: Partial<Subject> = {}, hours = 1, before: Subject | undefined = subject) =>
  expectSameDrill("reports/one", { subject: before, started: began }, { ...subject, ...now }, began + hours * hour);
const wayBack = '"An interrupted drill" in docs/drills.md says how to end it';

test("the same one goes on for a day", () => {
  expect(() => goOn()).not.toThrow();
  expect(() => goOn({}, 24)).not.toThrow();
});

test.each([
  [{ scenario: "failover" }, "the scenario was point-in-time when the drill began, and is failover"],
  [{ system: "pm" }, "the system was prism when the drill began, and is pm"],
  [{ stack: "local" }, "the stack was production when the drill began, and is local"],
  [{ configuration: "34cd" }, "the stack's configuration, as SHA-256, was 12ab when the drill began, and is 34cd"],
  [{ context: "eu-2" }, "runsheet:context was eu-1 when the drill began, and is eu-2"],
  [{ cluster: "b-uid" }, "the cluster was a-uid when the drill began, and is b-uid"],
  [{ backend: "file://~" }, "Pulumi's backend was s3://states when the drill began, and is file://~"],
])("another one is refused: %j", (now, reason) =>
  expect(() => goOn(now)).toThrow(
    `the drill in reports/one is not continued: ${reason}. Nothing was done. Go back to what it was; else ${wayBack}`,
  ),
);

test("one that does not say what it is about is refused", () =>
  expect(() => expectSameDrill("reports/one", { started: began }, subject, began)).toThrow(
    "the drill in reports/one is not continued: it does not say what it is about. Nothing was done.",
  ));

test.each([
  [24.5, "24.5 h ago"],
  [72, "3.0 days ago"],
  [-3, "3.0 h in the future"],
])("one that began %d h ago is refused, for what it restores is as old", (hours, age) =>
  expect(() => goOn({}, hours)).toThrow(
    `the drill in reports/one is not continued: it began at 2026-11-27T10:00:00.000Z, ${age}, and would put back what was then. The limit is 24.0 h. Nothing was done. ${wayBack}`,
  ),
);
