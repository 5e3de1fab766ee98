/**
 * Routes of the models: POST /api/fraud-detection, /api/predictive-analytics, /api/compliance-checking and
 * /api/nlp-invoice. The file of each model in models/ documents its fields.
 *
 * Answers: 200 {model, version, cached, ...result, standIn: true}; 400 {error, field}; 404 {error} if the model is off
 * ("AI Backend Deployment Guide: Feature Flags"); 503 if the model is unusable; 504 after MODEL_TIMEOUT_SECONDS.
 *
 * Each inference is an audit event ("Log Aggregation"): a line of the log with `"log": "audit"`, because a file would
 * be lost with its pod. The event contains the input only as a checksum.
 *
 * A fault (core/faults.ts) with the path `model:<model>` delays a model or makes it fail.
 */
import type { Context } from "../core/application";
import { meetFault } from "../core/faults";
import { readBody } from "../core/fields";
import { HttpError, type Answer, type Request, type Route } from "../core/http";
import { settlesWithin } from "../core/time";
import type { ModelStore } from "./model-store";
import { models } from "./models";
import { switchOf, type Model } from "./models/model";
import type { ResultCache } from "./result-cache";
import type { AiBackendSettings } from "./settings";
import { sha256 } from "./whole-file";

export function inferenceRoutes(
  { faults, log }: Pick<Context, "faults" | "log">,
  settings: AiBackendSettings,
  store: ModelStore,
  cache: ResultCache,
): Route[] {
  async function infer(model: Model, input: unknown): Promise<Record<string, unknown>> {
    const { version, sha256, content } = await store.get(model);
    const key = cache.key(model.name, sha256, input);
    const kept = await cache.get(key);
    if (kept) return { version, cached: true, ...kept };
    await meetFault(faults, "MODEL", `model:${model.name}`);
    const result = model.infer(content, input);
    cache.put(key, result);
    return { version, cached: false, ...result };
  }

  async function inTime(model: Model, input: unknown): Promise<Record<string, unknown>> {
    const { modelTimeoutSeconds } = settings;
    const result = infer(model, input);
    if (await settlesWithin(modelTimeoutSeconds * 1000, result)) return result;
    throw new HttpError(504, `${model.name} took longer than ${modelTimeoutSeconds} s, the MODEL_TIMEOUT_SECONDS.`);
  }

  async function answer(model: Model, request: Request): Promise<Answer> {
    const { name } = model;
    if (!settings.enabled[name]) throw new HttpError(404, `${name} is off: ${switchOf(name)} is false.`);
    const input = model.read(readBody(request.body));
    const asked = { log: "audit", model: name, inputSha256: sha256(JSON.stringify(input)) };
    try {
      const result = await inTime(model, input);
      log("inference", { ...asked, outcome: "answered", version: result.version, cached: result.cached });
      return { status: 200, body: { model: name, ...result, standIn: true } };
    } catch (error) {
      log("inference", { ...asked, outcome: "failed", status: error instanceof HttpError ? error.status : 500 });
      throw error;
    }
  }

  return models.map((model) => ({
    method: "POST",
    path: `/api/${model.name.replaceAll("_", "-")}`,
    handle: (request) => answer(model, request),
  }));
}
