/** Kubernetes' API as a pod reaches it, with the rights of its account. */
import { readFileSync } from "node:fs";
import { request } from "node:https";

const account = "/var/run/secrets/kubernetes.io/serviceaccount";
const timeoutMilliseconds = 30_000;

/** The pod's own namespace. */
export const namespace = (): string => readFileSync(`${account}/namespace`, "utf8");

/**
 * Asks the API server; with a body, a PATCH of that. Resolves with the answer.
 * @throws Error with the status and the server's own words if it refuses, or why it did not answer
 */
export function ask<Answer>(path: string, patch?: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: process.env.KUBERNETES_SERVICE_HOST,
        port: process.env.KUBERNETES_SERVICE_PORT,
        path,
        method: patch ? "PATCH" : "GET",
        ca: readFileSync(`${account}/ca.crt`),
        headers: {
          Authorization: `Bearer ${readFileSync(`${account}/token`, "utf8")}`,
          ...(patch ? { "Content-Type": "application/strategic-merge-patch+json" } : {}),
        },
        timeout: timeoutMilliseconds,
      },
      (response) => {
        response.setEncoding("utf8");
        let answer = "";
        response.on("data", (chunk: string) => (answer += chunk));
        response.on("end", () => {
          if (response.statusCode === 200) resolve(JSON.parse(answer) as Answer);
          else reject(new Error(`refused with ${response.statusCode}: ${answer}`));
        });
      },
    );
    call.on("timeout", () => call.destroy(new Error("the API server did not answer within 30 s")));
    call.on("error", reject);
    call.end(patch && JSON.stringify(patch));
  });
}
