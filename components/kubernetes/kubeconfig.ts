/** Kubernetes' API as a context of the kubeconfig reaches it: for what has to be known before anything is changed. */
import { request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";

/** Asks for what lies at a path of the API. Resolves with undefined if there is no such thing. */
export type Read = <Found>(path: string) => Promise<Found | undefined>;

const timeoutMilliseconds = 10_000;

/**
 * How to read from the cluster that a context leads to, as kubectl would: with its certificates, tokens, plugins and proxies.
 * @throws Error if no kubeconfig can be read, or none has the context
 */
export async function clusterReader(context: string): Promise<Read> {
  // Loaded only here: it takes longer than most of the program, and a program that goes on without a cluster needs none.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromDefault();
  const known = kubeconfig.getContexts().map(({ name }) => name);
  if (!known.includes(context))
    throw new Error(`the kubeconfig has no context "${context}"; there are: ${known.join(", ") || "none"}`);
  kubeconfig.setCurrentContext(context);
  const server = kubeconfig.getCurrentCluster()?.server;
  if (server === undefined) throw new Error(`the kubeconfig has no cluster for the context "${context}"`);
  const options: RequestOptions = { timeout: timeoutMilliseconds, headers: { Accept: "application/json" } };
  // As kubectl does it, who asks says nothing of itself where anybody may listen: `kubectl proxy` asks in its own name.
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
    call.on("error", (error: Error) => reject(error.message === "" ? new Error(`${url} is not reached`) : error));
    call.end();
  });
}

/** The server's own words, if it speaks Kubernetes. */
function reasonIn(answer: string): string {
  try {
    return (JSON.parse(answer) as { message?: string }).message ?? answer;
  } catch {
    return answer.trim().slice(0, 200);
  }
}
