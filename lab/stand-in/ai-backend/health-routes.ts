/**
 * Routes of "AI Backend Deployment Guide: Health Checks", in addition to the probes of all systems (core/health.ts):
 *
 * - GET /health/startup -> 200 once each model was loaded, or found missing or damaged, which a restart would not fix.
 *   503 before.
 * - GET /health/detailed -> {status, checks: {database, redis, ml_models, cache}}, each {status, error?, latencyMs,
 *   details}; 503 if the status is "unhealthy".
 * - POST /health/test/:component -> the same for one component, checked now; 503 if the check fails, 404 if there is no
 *   such component. For ml_models the files of all models are read again.
 */
import { identityOf, overall } from "../core/health";
import type { Answer, Request, Route } from "../core/http";
import type { Settings } from "../core/settings";
import { inspect, optional, type Component, type ComponentName, type Components, type Inspection } from "./components";
import type { ModelStore } from "./model-store";

export function healthRoutes(settings: Settings, components: Components, store: ModelStore): Route[] {
  const identity = identityOf(settings);

  function startup(): Answer {
    const body = { started: store.opened, ...identity, models: store.details().models };
    return { status: store.opened ? 200 : 503, body };
  }

  async function detailed(): Promise<Answer> {
    const checks = await inspectAll(components);
    const results = Object.entries(checks).map(([name, { error }]) => [name, error ?? "ok"] as const);
    const status = overall(Object.fromEntries(results), optional);
    return { status: status === "unhealthy" ? 503 : 200, body: { status, ...identity, checks } };
  }

  async function test({ params }: Request): Promise<Answer> {
    const name = params.component!;
    const component = Object.hasOwn(components, name) ? components[name as ComponentName] : undefined;
    if (!component) {
      const names = Object.keys(components);
      const error = `There is no component "${name}": the components are ${names.join(", ")}.`;
      return { status: 404, body: { error, components: names } };
    }
    const result = await inspect(component, component.test);
    return { status: result.status === "healthy" ? 200 : 503, body: { component: name, ...result, ...identity } };
  }

  return [
    { method: "GET", path: "/health/startup", quiet: true, handle: startup },
    { method: "GET", path: "/health/detailed", handle: detailed },
    { method: "POST", path: "/health/test/:component", handle: test },
  ];
}

async function inspectAll(components: Components): Promise<Record<string, Inspection>> {
  const entries = Object.entries<Component>(components);
  return Object.fromEntries(
    await Promise.all(entries.map(async ([name, each]) => [name, await inspect(each)] as const)),
  );
}
