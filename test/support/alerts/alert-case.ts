/** Test of one alert, as the tables beside the systems describe it. */
import type { Series } from "./levels";

export interface AlertCase {
  /** Duration of the alert, in the runbook's words if it has any. */
  readonly for: string;
  /** Label `channels`. */
  readonly channels: string;
  /** File and anchor of the runbook document. */
  readonly runbook: string;
  /** Description with the value, as it is sent. */
  readonly description: string;
  /** Labels of the series that the alert keeps. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Label `role`. Default: none. */
  readonly role?: "cause" | "symptom";
  /** Values at the threshold or just on its good side, and just on its bad side. */
  readonly series: Series;
  /** Minutes of a step. Default: 1. */
  readonly step?: number;
  /** Steps of the expression's window, after which all of it is faulty. Default: 1, for the values of now. */
  readonly window?: number;
  /** Steps of a fault that is too short. Default: the longest one. 0: the window of the expression keeps every fault. */
  readonly tooShort?: number;
  /** Steps after which the alert has ended. Default: `window`. */
  readonly recovery?: number;
  /** Steps for the level `before`. Default: 0. */
  readonly before?: number;
  /** Traps: the faulty values of other series, held for long. */
  readonly traps?: readonly Trap[];
}

export interface Trap {
  readonly title: string;
  readonly series: Series;
  /** Description of the alert that has to fire. Default: it must not fire. */
  readonly description?: string;
  /** Labels of the series that the alert keeps. Default: those of the case. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Cases by the key of their alert: PmErrorRateHigh/critical. */
export type AlertCases = Readonly<Record<string, AlertCase>>;
