/** The watch of a release against a real Prometheus, which scrapes exporters whose figures change. */
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Condition } from "../../../components/watch";
import { errorPercent, p95Milliseconds } from "../../../components/watch/queries";
import { freePort } from "../../support/free-port";
import { TestAuthority } from "../test-authority";
import { Exporter } from "./exporter";
import { Gate } from "./gate";
import { runWatch, type WatchResult } from "./program";
import { ThrowAwayPrometheus } from "./prometheus";

const errors: Condition = {
  name: "error rate",
  query: errorPercent({ requests: "requests_total", errors: "errors_total" }),
  unit: "%",
  atMost: 5,
};
const latency: Condition = {
  name: "P95",
  query: p95Milliseconds("latency_seconds", "seconds"),
  unit: "ms",
  risesAtMostPercent: 50,
  from: 100,
};
const absent: Condition = { name: "queue", query: 'max(queue_lag{namespace="$namespace"})', unit: "s", atMost: 30 };
const optional: Condition = { ...absent, mayBeAbsent: "there is no queue" };

let prometheus: ThrowAwayPrometheus;
let secured: Gate;
const authorityFile = join(tmpdir(), `runsheet-watch-${process.pid}.pem`);
const exporters: Exporter[] = [];
const gates: Gate[] = [];

/** A watch, and what happens meanwhile. */
type Scene = (exporter: Exporter, gate: Gate) => Promise<WatchResult>;
const watched =
  (conditions: readonly Condition[], during?: (exporter: Exporter, gate: Gate) => unknown): Scene =>
  (exporter, gate) =>
    runWatch(gate.url, exporter.namespace, conditions, { during: () => during?.(exporter, gate) });

const scenes = {
  good: watched([errors, latency, optional, { ...absent, name: "cost", skip: "it is watched elsewhere" }]),
  bad: watched([errors, latency], async (exporter) => {
    await sleep(3000);
    exporter.errors = 0.5;
  }),
  slow: watched([errors, latency], (exporter) => (exporter.latency = 0.7)),
  spike: watched([errors], async (exporter) => {
    await sleep(3000);
    exporter.spike(400);
  }),
  // Too late for 12 samples before the 8 s are over, and early enough for a slow machine to see the first.
  late: (exporter, gate) =>
    runWatch(gate.url, exporter.namespace, [errors], {
      samples: 12,
      during: () => sleep(4000).then(() => (exporter.errors = 0.5)),
    }),
  lost: watched([errors, latency], async (exporter) => {
    await sleep(3000);
    exporter.stop();
  }),
  lostOptional: watched([{ ...errors, mayBeAbsent: "the application does not export it" }], async (exporter) => {
    await sleep(3000);
    exporter.stop();
  }),
  idle: (exporter, gate) => {
    exporter.busy = false;
    return sleep(2500).then(() => watched([errors, latency])(exporter, gate));
  },
  unknown: watched([errors, absent]),
  blind: watched([optional]),
  away: watched([errors], async (_, gate) => {
    await sleep(3000);
    gate.status = 503;
    await sleep(2000);
    gate.status = undefined;
  }),
  gone: watched([errors], (_, gate) => (gate.status = 503)),
  nobody: async ({ namespace }) => runWatch(`http://127.0.0.1:${await freePort()}`, namespace, [errors]),
  elsewhere: (_, gate) => runWatch(`${gate.url}/grafana`, "demo", [errors]),
  stranger: (exporter, gate) => {
    gate.token = "right";
    return runWatch(gate.url, exporter.namespace, [errors]);
  },
  impossible: (exporter, gate) => runWatch(gate.url, exporter.namespace, [errors], { token: "wrong-\ntoken" }),
  echoed: (exporter, gate) => {
    gate.status = 503;
    gate.repeats = true;
    return runWatch(gate.url, exporter.namespace, [errors], { token: "wrong-token\n" });
  },
  expired: (exporter, gate) => {
    gate.token = "right";
    return runWatch(gate.url, exporter.namespace, [errors], { token: "wrong-token" });
  },
  known: (exporter, gate) => {
    gate.token = "right";
    return runWatch(gate.url, exporter.namespace, [errors], { token: "right" });
  },
  secure: ({ namespace }) => runWatch(secured.url, namespace, [errors], { authority: authorityFile }),
  untrusted: ({ namespace }) => runWatch(secured.url, namespace, [errors]),
  wrong: watched([{ ...errors, query: "sum(rate(errors_total)" }]),
  several: watched([{ ...errors, query: 'latency_seconds_bucket{namespace="$namespace"}' }]),
  text: watched([{ ...errors, query: '"words"' }]),
} satisfies Record<string, Scene>;

type Name = keyof typeof scenes;
const results = new Map<string, { readonly result: WatchResult; readonly gate: Gate }>();

/**
 * Number of watches that run side by side, each with an exporter of its own. One after the other they would take minutes;
 * all at once, on a busy machine, they leave Prometheus no time to scrape.
 */
const sideBySide = 4;

beforeAll(async () => {
  const names = Object.keys(scenes) as Name[];
  exporters.push(...(await Promise.all(names.map((name) => Exporter.start(name)))));
  prometheus = await ThrowAwayPrometheus.start(exporters, 250);
  gates.push(...(await Promise.all(names.map(() => Gate.start(prometheus.url)))));
  const authority = await TestAuthority.create();
  await writeFile(authorityFile, authority.pem);
  secured = await Gate.start(prometheus.url, await authority.issue(["127.0.0.1"]));
  await prometheus.hasScraped(exporters.length, 6);
  const waiting = names.entries();
  const runThoseThatWait = async (): Promise<void> => {
    for (const [index, name] of waiting) {
      const scene: Scene = scenes[name];
      results.set(name, { result: await scene(exporters[index]!, gates[index]!), gate: gates[index]! });
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, runThoseThatWait));
});
afterAll(async () => {
  for (const each of [...gates, ...exporters]) each.stop();
  secured?.stop();
  await rm(authorityFile, { force: true });
  await prometheus?.stop();
});

const resultOf = (name: Name) => results.get(name)!.result;
const addressOf = (name: Name) => results.get(name)!.gate.url;
const advice =
  "To take 5.1.0 back: pulumi config set demo:release RELEASE (the release before); " +
  "and demo:schema.target, if the schema is to go back, too; then pulumi up";

test("a good release passes, and the log has each condition's value", () => {
  const { code, stdout, stderr } = resultOf("good");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const [first, ...lines] = stdout.trimEnd().split("\n");
  expect(first).toMatch(/^demo 5\.1\.0 is watched for 8 s, and compared with the 4 s before \S+Z$/);
  expect(lines[0]).toMatch(
    /^\S+Z error rate: 0 % \(at most 5 %\); P95: 19\d ms \(before 19\d ms, at most 50 % more\); queue: no series$/,
  );
  expect(lines.slice(1)).toEqual([
    "ok     error rate: 0 % at worst, at most 5 %",
    expect.stringMatching(/^ok {5}P95: 19\d ms at worst, before 19\d ms, at most 50 % more$/),
    "skipped queue: there is no queue",
    "skipped cost: it is watched elsewhere",
    "2 of 4 conditions held for 8 s",
  ]);
});

test("a release that goes bad fails with the value, for how long, and the way back", () => {
  const { code, stderr } = resultOf("bad");
  expect(code).toBe(1);
  const [, value, seconds, samples, rest] =
    /^FAILED error rate: (\S+) % for (\d+) s \((\d+) samples\), at most 5 %\n {2}(.*)\n$/.exec(stderr)!;
  expect(Number(value)).toBeGreaterThan(25);
  expect(Number(seconds)).toBeGreaterThanOrEqual(2);
  expect(Number(samples)).toBe(6);
  expect(rest).toBe(advice);
});

test("it ends at once: nothing is asked once a violation is known", () => {
  const [last, first] = resultOf("bad").stdout.trimEnd().split("\n").reverse().slice(0, 2);
  const times = [first, last].map((line) => Date.parse(line!.split(" ")[0]!));
  expect(last).toMatch(/error rate: \d+(\.\d+)? % \(at most 5 %\); P95: 19\d ms/);
  expect(times[1]! - times[0]!).toBeLessThan(5900);
});

test("a release that is slower than the one before fails with both values", () => {
  const { code, stderr } = resultOf("slow");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^FAILED P95: 7\d\d ms for \d+ s \(6 samples\), before 19\d ms, at most 50 % more\n/);
});

test("one spike does not fail it, and is told", () => {
  const { code, stdout } = resultOf("spike");
  expect(code).toBe(0);
  const [, worst] = /ok {5}error rate: (\S+) % at worst, at most 5 %\n1 of 1 conditions held for 8 s\n$/.exec(stdout)!;
  expect(Number(worst)).toBeGreaterThan(20);
});

test("what begins near the end is watched until it is known to be a violation", () => {
  const { code, stderr } = resultOf("late");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^FAILED error rate: \S+ % for \d+ s \(12 samples\), at most 5 %\n/);
});

test("a metric that ends during the watch fails it", () => {
  const { code, stderr } = resultOf("lost");
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^FAILED error rate is no longer known: for \d+ samples Prometheus has had no series of 100 \*/,
  );
  expect(stderr).toMatch(/\nFAILED P95 is no longer known: /);
  expect(resultOf("lostOptional").stderr).toMatch(/^FAILED error rate is no longer known: /);
});

test("without a request there is nothing to measure, which is no failure", () => {
  expect(resultOf("idle")).toMatchObject({ code: 0, stderr: "" });
  expect(resultOf("idle").stdout).toContain(
    "skipped error rate: nothing to measure, such as no requests\n" +
      "skipped P95: nothing to measure, such as no requests\n0 of 2 conditions held for 8 s\n",
  );
});

test("a metric that has to be there and is not fails the watch at its end", () => {
  expect(resultOf("unknown")).toMatchObject({
    code: 1,
    stderr:
      'FAILED queue is not known: Prometheus has no series of max(queue_lag{namespace="$namespace"}), in the namespace ' +
      "unknown. Let Prometheus scrape it, or leave the condition out with a reason: skip in demo:watch.conditions\n",
  });
});

test("a watch that knows none of its metrics fails", () => {
  expect(resultOf("blind")).toMatchObject({
    code: 1,
    stderr:
      "FAILED nothing was watched: Prometheus has the metrics of none of the 1 conditions. Let it scrape demo, give " +
      "demo:watch.conditions its own metrics, or set demo:watch.minutes to 0\n",
  });
});

test("Prometheus may be away for a while", () => {
  expect(resultOf("away")).toMatchObject({ code: 0, stderr: "" });
  expect(resultOf("away").stdout).toContain("1 of 1 conditions held for 8 s\n");
});

test.each<[string, Name, () => string]>([
  [
    "away for too long",
    "gone",
    () => `FAILED Prometheus was away for 4 s: ${addressOf("gone")}/api/v1/query answered 503 not now\n`,
  ],
  [
    "at a wrong path",
    "elsewhere",
    () =>
      `FAILED ${addressOf("elsewhere")}/grafana/api/v1/query answered 404, which Prometheus does not; set ` +
      "runsheet:prometheus.url to its address, with its path if it has one\n",
  ],
  [
    "asked without a token",
    "stranger",
    () =>
      `FAILED ${addressOf("stranger")} answered 401 without a token; set one that it takes: ` +
      "pulumi config set --secret runsheet:prometheusToken\n",
  ],
  [
    "asked with a wrong token",
    "expired",
    () =>
      `FAILED ${addressOf("expired")} answered 401 to the token; set one that it takes: ` +
      "pulumi config set --secret runsheet:prometheusToken\n",
  ],
  [
    "asked a wrong query",
    "wrong",
    () =>
      'FAILED error rate: Prometheus refuses the query: invalid parameter "query": 1:23: parse error: unclosed left ' +
      "parenthesis\n  sum(rate(errors_total)\n",
  ],
  [
    "asked for several series",
    "several",
    () =>
      "FAILED error rate: the query has 5 series as its result, and not one; put sum(), max() or min() around it:\n" +
      '  latency_seconds_bucket{namespace="several"}\n',
  ],
  [
    "asked for a text",
    "text",
    () => 'FAILED error rate: the query has a string as its result, and not a number:\n  "words"\n',
  ],
])("Prometheus %s is an error that says so", (_, name, message) => {
  expect({ code: resultOf(name).code, stderr: resultOf(name).stderr }).toEqual({ code: 1, stderr: message() });
});

test("nobody at the address is an error with the reason", () => {
  expect(resultOf("nobody").stderr).toMatch(
    /^FAILED Prometheus was away for 4 s: (http:\S+) was not answered: fetch failed: connect ECONNREFUSED 127\.0\.0\.1:\d+\n$/,
  );
});

test("a certificate is trusted with the stack's authority, and with no other", () => {
  expect(resultOf("secure")).toMatchObject({ code: 0, stderr: "" });
  expect(resultOf("untrusted").stderr).toMatch(/ was not answered: fetch failed: unable to verify .*certificate\n$/);
});

test("an error does not have the token, not even one that repeats it", () => {
  expect(resultOf("echoed").stderr).toBe(
    `FAILED Prometheus was away for 4 s: ${addressOf("echoed")}/api/v1/query answered 503 Bearer ***\n`,
  );
  expect(resultOf("impossible").stderr).toMatch(
    / was not answered: .*"Bearer \*\*\*" is an invalid header value\.?\n$/,
  );
});

test("a token opens the way, and is in no output", () => {
  expect(resultOf("known")).toMatchObject({ code: 0, stderr: "" });
  const all = [...results.values()].map(({ result }) => result.stdout + result.stderr).join("");
  expect(all).not.toMatch(/wrong-\s*token|Bearer (?!\*)/);
});
