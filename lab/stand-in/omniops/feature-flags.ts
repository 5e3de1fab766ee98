/**
 * Flags of the features, from FEATURE_ROLLOUT_FILE. A change of the file needs no restart. A missing or invalid file
 * turns all features off, because a feature must not stay on by accident. The log reports it once.
 */
import { readFileSync } from "node:fs";
import { errorMessage, type Log } from "../core/log";
import { isOn, parseRollout, type Rollout } from "./rollout";
import type { Feature, OmniOpsSettings } from "./settings";

const readAgainMilliseconds = 1_000;

export class FeatureFlags {
  private rollout: Rollout = {};
  private text: string | undefined;
  private complaint = "";
  private readAt = -Infinity;

  constructor(
    private readonly settings: OmniOpsSettings,
    private readonly log: Log,
    private readonly now: () => number = Date.now,
  ) {}

  isOn(feature: Feature, customerId: string): boolean {
    this.read();
    return isOn(feature, customerId, this.settings.switches, this.rollout);
  }

  /** Reads the file at most once a second, and parses it if it has changed. */
  private read(): void {
    if (this.now() - this.readAt < readAgainMilliseconds) return;
    this.readAt = this.now();
    try {
      const { rolloutFile } = this.settings;
      if (!rolloutFile) throw new Error("FEATURE_ROLLOUT_FILE is not set");
      const text = readFileSync(rolloutFile, "utf8");
      if (text === this.text) return;
      this.rollout = parseRollout(text);
      this.text = text;
      this.complaint = "";
      this.log("rollout configuration read", { rollout: this.rollout });
    } catch (error) {
      this.turnOff(errorMessage(error));
    }
  }

  private turnOff(reason: string): void {
    if (this.complaint !== reason) this.log("all features are off", { error: reason });
    this.complaint = reason;
    this.rollout = {};
    this.text = undefined;
  }
}
