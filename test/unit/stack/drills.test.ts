/** Objectives of drills: those of the scenario on a system, else of the system, else the scenario's own. */
import { drillsSettings, objectivesOf } from "../../../stack/drills";

const usual = { rto: 3600, rpo: 900 };
const settings = drillsSettings.parse({
  objectives: {
    prism: { rto: "15m", rpo: "5m", scenarios: { failover: { rto: "20s", rpo: "0s" }, "lost-cluster": { rto: "4h" } } },
    pm: { rpo: "1h" },
  },
});

test.each([
  ["prism", "point-in-time", { rto: 900, rpo: 300 }],
  ["prism", "failover", { rto: 20, rpo: 0 }],
  ["prism", "lost-cluster", { rto: 14_400, rpo: 300 }],
  ["pm", "point-in-time", { rto: 3600, rpo: 3600 }],
  ["mued", "point-in-time", usual],
] as const)("of %s for %s", (system, scenario, objectives) =>
  expect(objectivesOf(settings, system, scenario, usual)).toEqual(objectives),
);

test("without configuration nothing is due, and the objectives are the scenario's", () => {
  const none = drillsSettings.parse({});
  expect(none).toEqual({ objectives: {}, every: {} });
  expect(objectivesOf(none, "prism", "failover", { rto: 30, rpo: 0 })).toEqual({ rto: 30, rpo: 0 });
});
