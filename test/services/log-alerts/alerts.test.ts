/** Alerts on logs with the real programs: from lines as the kubelet writes them to the receivers of Alertmanager. */
import { names } from "../../../systems";
import { systemAlerts } from "../../../systems/alerts";
import { logAlertCases } from "../../unit/systems/log-alert-cases";
import { expectedAlert, firedOf, keys } from "./fired";
import { observe, type Observed } from "./scene";
import { startVictoriaLogsWithAlerts } from "./vmalert";

let observed: Observed;
beforeAll(async () => {
  observed = await observe(startVictoriaLogsWithAlerts);
});

test("every line arrives once", () => expect(observed.lines).toEqual({ written: 446, stored: 446 }));

test("no alert fires at what is good, whatever else is written", () => expect(observed.atGood).toEqual([]));

test.each(keys)("%s of %s fires with one line more, and is routed", (key, system) =>
  expect(firedOf(key, observed.above)).toEqual([expectedAlert(key, system, { stack: "staging" })]),
);

test("nothing else fires", () => expect(observed.above.length).toBe(keys.length));

test("each alert is over once the line is too old", () => expect(observed.back).toEqual([]));

test.each(names)("the durations of %s are those of the cases", (system) => {
  const alerts = systemAlerts[system]!(system).logAlerts ?? [];
  expect(alerts.map((alert) => alert.for)).toEqual(Object.values(logAlertCases[system]!).map((each) => each.for));
});
