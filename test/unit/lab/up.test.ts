/** Consent that an `up` needs. */
import { consent } from "../../../lab/commands/up";

test("the lab's stack is brought up without a preview", () => expect(consent(undefined, false, false)).toBe("given"));

test("another cluster's preview is shown, and somebody is asked", () =>
  expect(consent("production", false, true)).toBe("asked"));

test.each([true, false])("or has said yes beforehand: the preview is shown all the same (terminal: %s)", (terminal) =>
  expect(consent("production", true, terminal)).toBe("previewed"),
);

test("where nobody can be asked, and nobody said yes, nothing is done", () =>
  expect(() => consent("production", false, false)).toThrow(
    'the cluster of the context "production" is changed only when somebody has seen the preview, and nobody can be asked here: look at it with pulumi preview, then add --yes',
  ));
