/** Client of the Kubernetes API through a context of the kubeconfig, for checks before anything is changed. */
import { request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";

/** Reads an object by its path in the API. Resolves to undefined if there is none. */
export type Read = <Found>(path: string) => Promise<Found | undefined>;

const timeoutMilliseconds = 10_000;

/**
 * Connects to the cluster of a context as kubectl does, with its certificates, tokens, plugins and proxies.
 * @throws Error if there is no kubeconfig, or it lacks the context
 */
export async function clusterReader(context: string): Promise<Read> {
  // Loaded here, for it takes longer than most of the program, and a program without a cluster does not need it.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromDefault();
  const known = kubeconfig.getContexts().map(({ name }) => name);
  if (!known.includes(context))
    throw new Error(`the kubeconfig has no context "${context}"; contexts: ${known.join(", ") || "none"}`);
  kubeconfig.setCurrentContext(context);
  const server = kubeconfig.getCurrentCluster()?.server;
  if (server === undefined) throw new Error(`the kubeconfig has no cluster for the context "${context}"`);
  const options: RequestOptions = { timeout: timeoutMilliseconds, headers: { Accept: "application/json" } };
  // Like kubectl it sends no credentials over plain HTTP: `kubectl proxy` authenticates by itself.
  if (!server.startsWith("http:")) await kubeconfig.applyToHTTPSOptions(options);
  return (path) => ask(`${server.replace(/\/$/, "")}${path}`, options);
}

function ask<Found>(url: string, options: RequestOptions): Promise<Found | undefined> {
  return new Promise((resolve, reject) => {
    const call = (url.startsWith("http:") ? httpRequest : httpsRequest)(url, options, (response) => {
      response.setEncoding("utf8");
      let answer = "";
      response.on("data", (chunk: string) => (answer += chunk));
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) return resolve(JSON.parse(answer) as Found);
        if (response.statusCode === 404) return resolve(undefined);
        reject(new Error(`${url} answers with ${response.statusCode}: ${reasonIn(answer)}`));
      });
    });
    call.on("timeout", () => call.destroy(new Error(`${url} did not answer within ${timeoutMilliseconds / 1000} s`)));
    call.on("error", (error: Error) => reject(error.message === "" ? new Error(`${url} cannot be reached`) : error));
    call.end();
  });
}

/** Extracts the message of a Kubernetes Status, or the beginning of another answer. */
function reasonIn(answer: string): string {
  try {
    return (JSON.parse(answer) as { message?: string }).message ?? answer;
  } catch {
    return answer.trim().slice(0, 200);
  }
}
