import { Metrics } from "../../../../lab/stand-in/core/metrics";

test("a counter grows by labels, and starts as 0 where that is asked for", async () => {
  const metrics = new Metrics();
  const counter = metrics.counter("requests_total", "Requests answered.", [{}]);
  expect(await metrics.scrape()).toBe(
    "# HELP requests_total Requests answered.\n# TYPE requests_total counter\nrequests_total 0\n",
  );
  counter.increment({ status: "200" });
  counter.increment({ status: "200" }, 2);
  expect(await metrics.scrape()).toContain('\nrequests_total{status="200"} 3\n');
});

test("labels are the same whatever their order", async () => {
  const metrics = new Metrics();
  const counter = metrics.counter("x_total", "X.");
  counter.increment({ a: "1", b: "2" });
  counter.increment({ b: "2", a: "1" });
  expect((await metrics.scrape()).split("\n").filter((line) => line.startsWith("x_total"))).toHaveLength(1);
});

test("backslashes, quotes and line ends in labels are escaped", async () => {
  const metrics = new Metrics();
  metrics.gauge("g", "A\nB").set({ text: 'a\\b"c\nd' }, 1.5);
  expect(await metrics.scrape()).toBe('# HELP g A\\nB\n# TYPE g gauge\ng{text="a\\\\b\\"c\\nd"} 1.5\n');
});

test("a histogram counts each observation in all buckets that hold it", async () => {
  const metrics = new Metrics();
  const histogram = metrics.histogram("seconds", "Time.", [0.1, 1]);
  histogram.observe({ route: "/" }, 0.1);
  histogram.observe({ route: "/" }, 0.5);
  histogram.observe({ route: "/" }, 2);
  expect((await metrics.scrape()).split("\n").slice(2)).toEqual([
    'seconds_bucket{route="/",le="0.1"} 1',
    'seconds_bucket{route="/",le="1"} 2',
    'seconds_bucket{route="/",le="+Inf"} 3',
    'seconds_sum{route="/"} 2.6',
    'seconds_count{route="/"} 3',
    "",
  ]);
});

test("a gauge that was cleared is absent", async () => {
  const metrics = new Metrics();
  const gauge = metrics.gauge("depth", "Depth.");
  gauge.set({}, 3);
  gauge.clear();
  expect(await metrics.scrape()).toBe("# HELP depth Depth.\n# TYPE depth gauge\n");
});
