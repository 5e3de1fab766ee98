import { interpolated } from "../../../../components/monitoring/dashboard-variables";

const period = { from: 1000, to: 4600 };

test("namespaces are a regular expression, of one or of several", () => {
  expect(interpolated('up{namespace=~"$namespace"}', ["pm"], period)).toBe('up{namespace=~"pm"}');
  expect(interpolated('up{namespace=~"$namespace"}', ["pm", "mued"], period)).toBe('up{namespace=~"(pm|mued)"}');
});

test("the period is in milliseconds as in Grafana, and as a range", () => {
  expect(interpolated("a >= $__from / 1000 < $__to and b[$__range]", ["pm"], period)).toBe(
    "a >= 1000000 / 1000 < 4600000 and b[3600s]",
  );
});

test.each([
  [60, 15, "75s"],
  [10, 15, "60s"],
  [300, 60, "360s"],
])("with a step of %d s and a scrape every %d s a rate is over %s", (step, scrapeInterval, range) => {
  expect(interpolated("rate(a[$__rate_interval])", ["pm"], period, step, scrapeInterval)).toBe(`rate(a[${range}])`);
});

test("what is no variable stays", () => {
  expect(interpolated('label_replace(a, "b", "$1", "c", "(.+)$") + $other', ["pm"], period)).toBe(
    'label_replace(a, "b", "$1", "c", "(.+)$") + $other',
  );
});
