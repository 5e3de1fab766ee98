/** Command lines of the page and of the `up` that is shown as steps. */
import { Misuse } from "../../../../command-line";
import { readArguments as upArguments } from "../../../../deployments/up/arguments";
import { readArguments } from "../../../../deployments/watch/arguments";

test("the lab's stack and a free port are the defaults", () => {
  expect(readArguments([])).toEqual({ stack: "local", port: 0 });
  expect(readArguments(["--stack", "org/a/production", "--port", "8080"])).toEqual({
    ...{ stack: "org/a/production", port: 8080 },
  });
});

test.each([
  [["local"], "local: expected options only, such as --stack local"],
  [["--stack", ""], '--stack "": expected a name'],
  [["--port", "http"], "--port http: expected a number from 1 to 65535, or 0 for a free one"],
  [["--port", "65536"], "--port 65536: expected a number from 1 to 65535, or 0 for a free one"],
])("%j is refused", (typed, message) => expect(() => readArguments(typed)).toThrow(new Misuse(message)));

test("an up asks, unless consent is given", () => {
  expect(upArguments(["--stack", "a"])).toEqual({ stack: "a", consent: "asked", plain: false });
  expect(upArguments(["--stack", "a", "--consent", "given", "--plain"])).toEqual({
    ...{ stack: "a", consent: "given", plain: true },
  });
});

test.each([
  [[], "--stack: expected the name of a stack"],
  [["--stack", "a", "--consent", "no"], "--consent no: expected one of given, previewed, asked"],
  [["--stack", "a", "b"], "b: expected options only"],
])("an up with %j is refused", (typed, message) => expect(() => upArguments(typed)).toThrow(new Misuse(message)));
