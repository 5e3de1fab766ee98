/** Kubernetes' API as a pod reaches it, with the rights of its account. */
import { readFileSync } from "node:fs";
import { request } from "node:https";

const account = "/var/run/secrets/kubernetes.io/serviceaccount";
const timeoutMilliseconds = 30_000;

/** The pod's own namespace. */
export const namespace = (): string => readFileSync(`${account}/namespace`, "utf8");

/** What is to be changed: a strategic merge patch of an object, a new one, or none any more. */
export interface Change {
  readonly method: "PATCH" | "POST" | "DELETE";
  readonly body?: object;
}

/** The API server said no. */
export class Refused extends Error {
  constructor(
    readonly status: number | undefined,
    answer: string,
  ) {
    super(`refused with ${status}: ${answer}`);
  }
}

/**
 * Asks the API server. Resolves with the answer.
 * @throws Refused with the status and the server's own words, or Error with why it did not answer
 */
export function ask<Answer>(path: string, change?: Change): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: process.env.KUBERNETES_SERVICE_HOST,
        port: process.env.KUBERNETES_SERVICE_PORT,
        path,
        method: change?.method ?? "GET",
        ca: readFileSync(`${account}/ca.crt`),
        headers: {
          Authorization: `Bearer ${readFileSync(`${account}/token`, "utf8")}`,
          ...(change?.body ? { "Content-Type": contentType(change) } : {}),
        },
        timeout: timeoutMilliseconds,
      },
      (response) => {
        response.setEncoding("utf8");
        let answer = "";
        response.on("data", (chunk: string) => (answer += chunk));
        response.on("end", () => {
          if ([200, 201, 202].includes(response.statusCode!)) resolve(JSON.parse(answer) as Answer);
          else reject(new Refused(response.statusCode, answer));
        });
      },
    );
    call.on("timeout", () => call.destroy(new Error("the API server did not answer within 30 s")));
    call.on("error", reject);
    call.end(change?.body && JSON.stringify(change.body));
  });
}

const contentType = ({ method }: Change) =>
  method === "PATCH" ? "application/strategic-merge-patch+json" : "application/json";
