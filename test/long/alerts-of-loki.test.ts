/** Alerts on logs with Loki 3, whose ruler evaluates them in LogQL: the same lines, and the same alerts. */
import { expectedAlert, firedOf, keys } from "../services/log-alerts/fired";
import { observe, type Observed } from "../services/log-alerts/scene";
import { startLoki } from "../support/loki";

let observed: Observed;
beforeAll(async () => {
  observed = await observe(startLoki);
});

test("every line arrives once", () => expect(observed.lines).toEqual({ written: 446, stored: 446 }));

test("no alert fires at what is good, whatever else is written", () => expect(observed.atGood).toEqual([]));

test.each(keys)("%s of %s fires with one line more, and is routed", (key, system) =>
  expect(firedOf(key, observed.above)).toEqual([expectedAlert(key, system)]),
);

test("nothing else fires", () => expect(observed.above.length).toBe(keys.length));

test("each alert is over once the line is too old", () => expect(observed.back).toEqual([]));
