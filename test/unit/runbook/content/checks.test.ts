import type { Check } from "../../../../components/checks";
import { checkLines } from "../../../../runbook/content/checks";

const linesOf = (checks: readonly Check[], cleanup: readonly Check[] = []) =>
  checkLines(JSON.stringify({ checks, cleanup }));

test.each<[string, Check, string[]]>([
  [
    "a request",
    {
      ...{ name: "signals", url: "${URL}/signals", headers: { Authorization: "Bearer ${KEY}" } },
      ...{ body: { a: 1 }, status: 201, answer: "<uuid>", mediaType: "text/csv", withinSeconds: 20 },
      metrics: [{ metric: "up" }],
    },
    [
      "signals",
      "  POST ${URL}/signals",
      "  Authorization: Bearer ${KEY}",
      '  body: {"a":1}',
      '  expects: status 201, text/csv, "<uuid>", up',
      "  within: 20 s",
    ],
  ],
  [
    "many requests",
    {
      ...{ name: "load", url: "/" },
      load: { requests: 100, requestsKey: "x", errorPercent: 1, p95Milliseconds: 2000 },
    },
    ["load", "  GET /", "  expects: status 200", "  100 times, 10 at once: fewer than 1 % fail, P95 below 2000 ms"],
  ],
  [
    "requests of which none may fail",
    { name: "load", url: "/", load: { requests: 5, requestsKey: "x", concurrency: 2, errorPercent: 0 } },
    ["load", "  GET /", "  expects: status 200", "  5 times, 2 at once: none fails"],
  ],
  [
    "a query",
    { name: "row", sql: "SELECT 1\n      AS one", row: { one: 1 }, hint: "Look." },
    ["row", "  SELECT 1", "  AS one", '  expects: {"one":1}', "  if it fails: Look."],
  ],
  [
    "a query whose row may come",
    { name: "row", sql: "SELECT 1", row: { one: 1 }, mayCome: { withinSeconds: 5 } },
    ["row", "  SELECT 1", '  may come: {"one":1}'],
  ],
  ["a query for people", { name: "sizes", sql: "SELECT 1", show: true }, ["sizes", "  SELECT 1"]],
  [
    "a command of Redis",
    { name: "ping", redis: ["PING"], matches: "^PONG$" },
    ["ping", "  redis-cli PING", "  expects: /^PONG$/"],
  ],
  ["an address", { name: "graph", tcp: "neo4j:7687" }, ["graph", "  connects to neo4j:7687"]],
  [
    "pods that stay up",
    { name: "steady", staysUp: ["a", "b"], seconds: 60 },
    ["steady", "  no container ends for 60 s: a, b"],
  ],
  ["logins", { name: "both", logins: "answer" }, ["both", "  the logins of the database answer"]],
  ["one that is left out", { name: "x", sql: "SELECT 1", skip: "no table" }, ["x", "  left out: no table"]],
])("%s", (_, check, lines) => {
  expect(linesOf([check])).toEqual(lines);
});

test("what cleans up is told apart", () => {
  expect(linesOf([{ name: "a", tcp: "a:1" }], [{ name: "b", tcp: "b:1" }])).toEqual([
    ...["a", "  connects to a:1", "", "always at the end, whether the others passed or not:", "b", "  connects to b:1"],
  ]);
});
