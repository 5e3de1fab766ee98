/** The keys `prometheus` of the stack and `watch` of a system. */
import * as pulumi from "@pulumi/pulumi";
import { configuredConditions } from "../../../components/system/configured-watch";
import { readConfiguration } from "../../../stack/config";
import { conditions } from "../../../systems/mued/watch";
import type { MuedSettings } from "../../../systems/mued/settings";
import { collectResources } from "../../support/mocks";
import { smallestStack } from "../../support/smallest-stack";

const prometheus = { "runsheet:prometheus": '{"url":"https://prometheus.example/prom"}' };

beforeEach(() => void collectResources());

function read(watch: object | undefined, changes: Record<string, string> = prometheus) {
  const all = { ...smallestStack("mued"), ...changes, ...(watch && { "mued:watch": JSON.stringify(watch) }) };
  pulumi.runtime.setAllConfig(all, ["runsheet:prometheusToken"]);
  return readConfiguration();
}
const settingsOf = (watch: object) => read(watch).systems[0]!.settings as MuedSettings;

test("a Prometheus with its token and authority", async () => {
  const ca = "-----BEGIN CERTIFICATE----- demo";
  const { prometheus: read1 } = read(undefined, {
    "runsheet:prometheus": JSON.stringify({ url: "http://prometheus:9090", ca }),
    "runsheet:prometheusToken": "a-token",
  });
  const { token, ...rest } = read1!;
  expect(rest).toEqual({ url: "http://prometheus:9090", ca });
  expect(await new Promise((resolve) => token!.apply(resolve))).toBe("a-token");
  expect(read(undefined, {}).prometheus).toBeUndefined();
});

test("times and reaction have defaults that fit each other", () => {
  expect(settingsOf({ minutes: 10 }).watch).toEqual({
    ...{ minutes: 10, onFailure: "stop", windowSeconds: 120, sampleSeconds: 15, samples: 10 },
    ...{ beforeMinutes: 60, awaySeconds: 120, conditions: {} },
  });
  expect(settingsOf({}).watch!.minutes).toBe(5);
});

test("conditions are changed by their name, left out, and added", () => {
  const settings = settingsOf({
    conditions: {
      "error rate": { risesAtMost: 2 },
      "API P95 latency": { risesAtMostPercent: 20, from: 50 },
      "database CPU usage": { skip: "we watch it ourselves" },
      slower: { query: "demo", unit: "s", risesAtMostPercent: 10 },
      orders: { query: "orders", atLeast: 1, mayBeAbsent: "at night" },
    },
  });
  const [errors, latency, cpu, ...added] = configuredConditions(conditions(settings), settings.watch!);
  expect(errors).toMatchObject({ name: "error rate", unit: "%", risesAtMost: 2 });
  expect(latency).toMatchObject({ name: "API P95 latency", unit: "ms", risesAtMostPercent: 20, from: 50 });
  expect(cpu).toMatchObject({ name: "database CPU usage", skip: "we watch it ourselves" });
  expect(added).toEqual([
    { name: "slower", query: "demo", unit: "s", risesAtMostPercent: 10, from: 0 },
    { name: "orders", query: "orders", atLeast: 1, mayBeAbsent: "at night" },
  ]);
});

const own = "error rate, API P95 latency, database CPU usage";
test.each<[object, string]>([
  [
    { conditions: { errors: { risesAtMost: 1 } } },
    `mued:watch.conditions.errors is none of the system's conditions, which are ${own}; use one of these names, or add ` +
      "query for a condition of its own",
  ],
  [
    { conditions: { "error rate": { atMost: 1 } } },
    'mued:watch.conditions.error rate.atMost is no bound of "error rate", which has risesAtMost; remove it, or skip it',
  ],
  [
    { conditions: { "API P95 latency": { atMost: 1 } } },
    'mued:watch.conditions.API P95 latency.atMost is no bound of "API P95 latency", which has risesAtMostPercent and ' +
      "from; remove it, or skip it",
  ],
  [
    { conditions: { "error rate": { query: "errors", atMost: 1 } } },
    "mued:watch.conditions.error rate adds a condition, and the system has one of that name; choose another name",
  ],
  [
    { conditions: { "error rate": {} } },
    "mued:watch.conditions.error rate is {}; it must have one of atMost, atLeast, risesAtMost, risesAtMostPercent, " +
      "from, mayBeAbsent, skip",
  ],
  [
    { conditions: { mine: { query: "up" } } },
    "it must have exactly one of atMost, atLeast, risesAtMost, risesAtMostPercent",
  ],
  [
    { conditions: { mine: { query: "up", atMost: 1, atLeast: 0 } } },
    "it must have exactly one of atMost, atLeast, risesAtMost, risesAtMostPercent",
  ],
  [{ conditions: { mine: { query: "up", atMost: 1, from: 0 } } }, "it must have no from without risesAtMostPercent"],
  [
    { conditions: { mine: { query: "up", limit: 1 } } },
    "unknown key mued:watch.conditions.mine.limit; the keys of mued:watch.conditions.mine are query, unit",
  ],
  [{ onFailure: "undo" }, 'mued:watch.onFailure is "undo"; it must be one of stop, rollback'],
  [
    { samples: 8 },
    "mued:watch.samples is 8 and watch.sampleSeconds is 15, which is 120 s; one spike stays in a rate for " +
      "watch.windowSeconds, 120 s: raise samples, or lower windowSeconds",
  ],
  [
    { minutes: 4 },
    "mued:watch.minutes is 4, and a violation is known after 270 s at the earliest (windowSeconds and samples of " +
      "sampleSeconds); raise it to at least 5",
  ],
])("%j is an error that says so", (watch, message) => {
  expect(() => read(watch)).toThrow(message);
});

test("a watch of 0 minutes needs no fitting times", () => {
  expect(settingsOf({ minutes: 0, samples: 1 }).watch!.minutes).toBe(0);
});

test.each<[Record<string, string>, object | undefined, string]>([
  [{}, { minutes: 5 }, "mued:watch is set, and there is no Prometheus to ask; set runsheet:prometheus, or remove it"],
  [
    { "runsheet:prometheus": '{"url":"prometheus:9090"}' },
    undefined,
    'runsheet:prometheus.url is "prometheus:9090"; it must be a URL such as http://prometheus.monitoring:9090',
  ],
  [
    { "runsheet:prometheus": '{"url":"http://user:pass@prometheus"}' },
    undefined,
    'runsheet:prometheus.url is "[hidden]"; it must not have a user or a password',
  ],
  [
    { "runsheet:prometheus": '{"url":"http://p","ca":"none"}' },
    undefined,
    "it must be the certificate of an authority",
  ],
])("%j with %j is an error that says so", (changes, watch, message) => {
  expect(() => read(watch, changes)).toThrow(message);
});

test("PRISM's functions at Supabase cannot be taken back", () => {
  pulumi.runtime.setAllConfig(
    {
      ...smallestStack("prism"),
      ...prometheus,
      "prism:application": '{"api":"registry.example/api","functions":"registry.example/functions"}',
      "prism:functions": '{"engine":"supabase","project":"abc"}',
      "prism:watch": '{"onFailure":"rollback"}',
    },
    [],
  );
  expect(() => readConfiguration()).toThrow(
    "prism:watch.onFailure is rollback, and functions.engine is supabase, where nothing takes the functions back; set it to stop",
  );
});

test("the test of Sentry needs a DSN", () => {
  pulumi.runtime.setAllConfig({ ...smallestStack("prism"), "prism:sentryTest": "true" }, []);
  expect(() => readConfiguration()).toThrow(
    "prism:sentryDsn is missing: environment variable SENTRY_DSN; set it with: pulumi config set --secret prism:sentryDsn",
  );
});
