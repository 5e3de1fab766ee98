/** Client of the Kubernetes API in a pod, with the rights of its service account. */
import { readFileSync } from "node:fs";
import { request } from "node:https";

const account = "/var/run/secrets/kubernetes.io/serviceaccount";
const timeoutMilliseconds = 30_000;

/** Returns the pod's namespace. */
export const namespace = (): string => readFileSync(`${account}/namespace`, "utf8");

/** Returns this pod as the owner of an object, which is deleted with it. */
export const thisPod = (): object => ({
  apiVersion: "v1",
  kind: "Pod",
  name: readFileSync(`${account}/name`, "utf8"),
  uid: readFileSync(`${account}/uid`, "utf8"),
});

/** Request that changes an object: a strategic merge patch, a creation or a deletion. */
export interface Change {
  readonly method: "PATCH" | "POST" | "DELETE";
  readonly body?: object;
}

/** Error with which the API server refused a request. */
export class Refused extends Error {
  constructor(
    readonly status: number | undefined,
    answer: string,
  ) {
    super(`refused with ${status}: ${answer}`);
  }
}

/** Resolves to undefined in place of the error of an object that does not exist. */
export function unlessMissing(error: unknown): undefined {
  if (error instanceof Refused && error.status === 404) return undefined;
  throw error;
}

/**
 * Sends a request to the API server and resolves to its answer.
 * @throws Refused with the status and the server's message, or Error if it did not answer
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
