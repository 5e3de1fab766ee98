/** Requests to every system, as their users send them: enough for every metric to have a value. */
import { redisOf, serviceAddress, sql, type System } from "../cluster";
import { secretOf } from "./secrets";

interface Asked {
  readonly system: System;
  /** Service and port. */
  readonly service: string;
  readonly port: number;
  readonly path: string;
  /** JSON body. Default: the request is a GET. */
  readonly body?: unknown;
  /** Key of a Secret of the system that is sent as a bearer token. Default: none. */
  readonly token?: string;
}

const user = "00000000-0000-4000-8000-000000000001";
const row = "00000000-0000-4000-8000-000000000002";
const feedback = (userCorrection: string) => {
  const what = { userId: user, businessId: row, entityType: "business", field: "category" };
  return { ...what, aiPrediction: "transport", userCorrection, confidence: 0.6 };
};

const transaction = { amount: 120, country: "NG", homeCountry: "NG", hour: 12, accountAgeDays: 900 };

const requests: readonly Asked[] = [
  { system: "prism", service: "prism-api", port: 3000, path: "/api/feedback", body: feedback("office") },
  // Few of them correct the AI: three in ten are an alert.
  ...Array.from({ length: 4 }, (): Asked => {
    return { system: "prism", service: "prism-api", port: 3000, path: "/api/feedback", body: feedback("transport") };
  }),
  { system: "omniops", service: "omniops-phase4", port: 3000, path: "/api/features?customerId=traffic" },
  {
    ...{ system: "omniops", service: "omniops-phase4", port: 3000 },
    ...{ path: `/api/conversations/${row}/messages`, body: { content: "This is good." } },
  },
  { system: "mued", service: "mued-web", port: 3000, path: "/api/ai/chat", body: { query: "traffic" } },
  { system: "mued", service: "mued-web", port: 3000, path: "/api/health" },
  { system: "pm", service: "pm-backend", port: 3000, path: "/api/signals?limit=1", token: "TEST_API_KEY" },
  { system: "pm", service: "pm-backend", port: 3000, path: "/api/opportunities", token: "TEST_API_KEY" },
  {
    ...{ system: "pm", service: "pm-backend", port: 3000, token: "TEST_API_KEY" },
    ...{ path: "/api/signals", body: { content: "traffic", source: "test" } },
  },
  { system: "ai-backend", service: "ai-backend", port: 8000, path: "/health/detailed" },
  { system: "ai-backend", service: "ai-backend", port: 8000, path: "/api/fraud-detection", body: transaction },
];

/**
 * Sends each request about twice a second until the returned function is called. It removes what the requests wrote, and
 * resolves to the number of answers by request and status.
 */
export async function startTraffic(): Promise<() => Promise<Readonly<Record<string, number>>>> {
  const asked = await Promise.all(requests.map(prepared));
  const answers: Record<string, number> = {};
  let going = true;
  const streams = asked.map(async ({ name, url, init }) => {
    while (going) {
      const status = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) }).then(
        async (response) => (await response.arrayBuffer(), String(response.status)),
        (error: Error) => error.name,
      );
      answers[`${name} ${status}`] = (answers[`${name} ${status}`] ?? 0) + 1;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  });
  return async () => {
    going = false;
    await Promise.all(streams);
    await removeWritten();
    return answers;
  };
}

async function removeWritten(): Promise<void> {
  await sql(`DELETE FROM ai_feedback WHERE user_id = '${user}'`, "prism");
  await sql(`DELETE FROM messages WHERE conversation_id = '${row}' AND content = 'This is good.'`, "omniops");
  await sql("DELETE FROM ai_dialogue_log WHERE query = 'traffic'", "mued");
  await sql(
    `WITH removed AS (DELETE FROM signals WHERE content = 'traffic' RETURNING id::text AS id)
     DELETE FROM neo4j_sync_backlog WHERE entity_type = 'signal' AND entity_id IN (SELECT id FROM removed)`,
    "pm",
  );
}

async function prepared({ system, service, port, path, body, token }: Asked) {
  const address = await serviceAddress(system, service);
  const bearer = token && (await secretOf(system, token));
  const headers = {
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
  };
  const method = body === undefined ? "GET" : "POST";
  const init = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
  return { name: `${system} ${path.replace(/\?.*/, "")}`, url: `http://${address}:${port}${path}`, init };
}

/** Makes the stand-in of a system fail. Without faults it works again. */
export async function setFaults(system: System, faults: readonly object[]): Promise<void> {
  const key = `stand-in:${system}:faults`;
  if (faults.length === 0) await redisOf(system, "DEL", key);
  else await redisOf(system, "SET", key, JSON.stringify(faults));
}
