import type { Dashboard } from "../../../../components/monitoring/dashboard";
import { dashboardConfigMap } from "../../../../components/monitoring/dashboard-config-map";
import { dashboardText } from "../../../../components/monitoring/dashboard-json";

const small = (description: string): Dashboard => ({
  uid: "small-one",
  title: "A small one",
  description,
  tags: [],
  namespaces: ["small"],
  rows: [],
});

test("a dashboard is one file, with the label of the sidecar", () => {
  const dashboard = small("For this test.");
  expect(dashboardConfigMap(dashboard)).toEqual({
    name: "dashboard-small-one",
    labels: { grafana_dashboard: "1" },
    data: { "small-one.json": dashboardText(dashboard) },
  });
});

test("the labels can be others", () => {
  expect(dashboardConfigMap(small("For this test."), { dashboards: "yes" }).labels).toEqual({ dashboards: "yes" });
});

test("a dashboard that is larger than a ConfigMap is refused", () => {
  // The first letter has two bytes: the limit is in bytes.
  const letters = (count: number) => small(`é${"a".repeat(count)}`);
  const rest = Buffer.byteLength(dashboardText(letters(0))) + Buffer.byteLength("small-one.json");
  const fits = 1024 * 1024 - rest;
  expect(() => dashboardConfigMap(letters(fits))).not.toThrow();
  expect(() => dashboardConfigMap(letters(fits + 1))).toThrow(
    "dashboard small-one: it has 1048577 bytes, and a ConfigMap holds 1048576; split it",
  );
});
