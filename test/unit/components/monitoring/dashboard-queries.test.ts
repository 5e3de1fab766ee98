import {
  failedShare,
  orZero,
  perSecond,
  quantile,
  selected,
  share,
  since,
} from "../../../../components/monitoring/dashboard-queries";

test("a selector is limited to the namespaces, before its own matchers", () => {
  expect(selected("up")).toBe('up{namespace=~"$namespace"}');
  expect(selected("up", 'pod="a"', 'job!="b"')).toBe('up{namespace=~"$namespace", pod="a", job!="b"}');
});

test("a counter is summed over the pods, by labels or in all", () => {
  expect(perSecond("a_total")).toBe('sum (rate(a_total{namespace=~"$namespace"}[$__rate_interval]))');
  expect(perSecond("a_total", ['x="1"'], ["route", "status"])).toBe(
    'sum by (route, status) (rate(a_total{namespace=~"$namespace", x="1"}[$__rate_interval]))',
  );
});

test("a quantile is of all pods together", () => {
  expect(quantile(0.95, "a_seconds")).toBe(
    'histogram_quantile(0.95, sum by (le) (rate(a_seconds_bucket{namespace=~"$namespace"}[$__rate_interval])))',
  );
});

test("what never came is 0 while there is something else", () => {
  expect(orZero("sum(a)", "sum(b)")).toBe("sum(a) or 0 * sum(b)");
});

test("a share has no value while there is nothing of which it is one", () => {
  expect(share("a", "b")).toBe("a / (b > 0)");
});

test("a counter without a series for errors has a share of 0", () => {
  const all = 'sum (rate(a_total{namespace=~"$namespace", x="1"}[$__rate_interval]))';
  const failed = 'sum (rate(a_total{namespace=~"$namespace", x="1", status=~"5.."}[$__rate_interval]))';
  expect(failedShare("a_total", ['x="1"'])).toBe(`(${failed} or 0 * ${all}) / (${all} > 0)`);
});

test("a time is until now", () => expect(since("max(a)")).toBe("time() - max(a)"));
