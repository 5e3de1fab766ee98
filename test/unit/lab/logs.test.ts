/** The command line of `npm run lab:logs`, and the stores that it finds. */
import { queryOf, storesIn } from "../../../lab/commands/logs";

const more = "; more: npm run lab:logs -- --help";

test("a system alone: the newest 200 lines of a quarter of an hour, of every kind", () =>
  expect(queryOf(["pm"])).toEqual({ system: "pm", kind: undefined, since: "15m", limit: 200 }));

test("all options", () =>
  expect(queryOf(["--kind", "audit", "ai-backend", "--since", "2h", "--limit", "5"])).toEqual({
    ...{ system: "ai-backend", kind: "audit" },
    ...{ since: "2h", limit: 5 },
  }));

test.each([["--help"], ["-h"]])("%s asks for help", (flag) => expect(queryOf([flag])).toBeUndefined());

test.each([
  [[], `expected one system, such as: npm run lab:logs -- pm${more}`],
  [["pm", "prism"], `expected one system, such as: npm run lab:logs -- pm${more}`],
  [["pm", "--since", "yesterday"], `--since yesterday: expected a time such as 15m${more}`],
  [["pm", "--since", "0m"], `--since 0m: expected a time such as 15m${more}`],
  [["pm", "--limit", "0"], `--limit 0: expected a number of lines from 1 to 999999${more}`],
  [["pm", "--limit", "all"], `--limit all: expected a number of lines from 1 to 999999${more}`],
])("%j is refused", (args, message) => expect(() => queryOf(args)).toThrow(new Error(message)));

test("an option that there is not is refused, with where help is", () =>
  expect(() => queryOf(["pm", "--follow"])).toThrow(
    /^Unknown option '--follow'.*; more: npm run lab:logs -- --help$/s,
  ));

test("both stores are found by their Services", () => {
  const service = (clusterIP: string) => ({ spec: { clusterIP, ports: [{ port: 9428 }] } });
  expect(storesIn(JSON.stringify({ items: [service("10.0.0.1"), service("10.0.0.2")] }))).toEqual([
    "http://10.0.0.1:9428",
    "http://10.0.0.2:9428",
  ]);
});

test("a stack without a store is told how to have one", () =>
  expect(() => storesIn('{"items":[]}')).toThrow(
    new Error(
      "the stack local has no store of logs; to have one: npm run lab:shell -- pulumi config set --path " +
        "runsheet:monitoring.engine prometheus-operator, then npm run up",
    ),
  ));
