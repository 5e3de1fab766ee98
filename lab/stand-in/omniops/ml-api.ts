/**
 * Stand-in of the machine-learning API, with the metrics of "Phase 4 Deployment Guide: Monitoring Setup". No external
 * API is called. A fault with the path `ml-api` (core/faults.ts) delays it or makes it fail.
 */
import type { Context } from "../core/application";
import { durationBuckets } from "../core/metrics";
import { RecentOutcomes } from "../core/recent-outcomes";
import { sleep } from "../core/time";
import { scoreSentiment, type Sentiment } from "./scorer";

const availabilityMilliseconds = 5 * 60_000;

export interface Analysis extends Sentiment {
  latencyMilliseconds: number;
}

/** Analyses a text. */
export type Analyse = (text: string) => Promise<Analysis>;

export function createMlApi({ metrics, faults }: Pick<Context, "metrics" | "faults">): Analyse {
  const requests = metrics.counter("omniops_ml_api_requests_total", "Requests to the ML API.", [{}]);
  const errors = metrics.counter("omniops_ml_api_errors_total", "Requests to the ML API that failed.", [{}]);
  const latency = metrics.histogram(
    "omniops_sentiment_latency_seconds",
    "Time of a sentiment analysis by the ML API.",
    durationBuckets,
  );
  const recent = new RecentOutcomes(availabilityMilliseconds);
  const availability = metrics.gauge(
    "omniops_ml_api_availability",
    "Share of the ML API's requests that succeeded in the last 5 minutes, from 0 to 1. Absent without requests.",
  );
  metrics.beforeScrape(() => {
    availability.clear();
    const share = recent.shareOfSuccess();
    if (share !== undefined) availability.set({}, share);
  });

  return async (text) => {
    const start = Date.now();
    requests.increment();
    const fault = await faults.take("POST", "ml-api");
    if (fault?.delayMs) await sleep(fault.delayMs);
    recent.add(!fault?.status);
    if (fault?.status) {
      errors.increment();
      throw new Error(`the ML API answered ${fault.status}: ${fault.body ?? "it was told to fail"}`);
    }
    const sentiment = scoreSentiment(text);
    latency.observe({}, (Date.now() - start) / 1000);
    return { ...sentiment, latencyMilliseconds: Date.now() - start };
  };
}
