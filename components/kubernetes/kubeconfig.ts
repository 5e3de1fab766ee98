/** Client of the Kubernetes API through a context of the kubeconfig, for what the program itself asks and changes. */
import { request as httpRequest, type OutgoingHttpHeaders } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";

/**
 * Reads an object or a list by its path in the API. Resolves to undefined if there is none.
 * @param form "metadata" reads of a list the objects' metadata alone, without a Secret's values. Default: everything
 */
export type Read = <Found>(path: string, form?: "metadata") => Promise<Found | undefined>;

/** Kinds of patches: of a list of operations, and of the fields that a manager declares. */
export type PatchType = "application/json-patch+json" | "application/apply-patch+yaml";

/** Patches an object by its path in the API, and resolves to the result. */
export type Patch = <Result>(path: string, type: PatchType, body: object) => Promise<Result>;

/** Client that reads and changes objects. */
export interface ClusterClient {
  readonly read: Read;
  readonly patch: Patch;
}

/** Error with which the API server refused a change because the object was changed meanwhile. */
export class ChangedMeanwhile extends Error {}

/** Error with which the API server refused credentials. */
class Unauthorized extends Error {}

const timeoutMilliseconds = 10_000;

/**
 * Connects to the cluster of a context as kubectl does, with its certificates, tokens, plugins and proxies.
 * @throws Error if there is no kubeconfig, or it lacks the context
 */
export async function clusterReader(context: string): Promise<Read> {
  return readingWith(await renewing(context));
}

/**
 * Connects to the cluster of a context, to change objects.
 * @throws Error if there is no kubeconfig, or it lacks the context
 */
export async function clusterWriter(context: string): Promise<ClusterClient> {
  const call = await renewing(context);
  return {
    read: readingWith(call),
    patch: async <Result>(path: string, type: PatchType, body: object) => {
      const result = await call<Result>(path, { "Content-Type": type }, body);
      if (result === undefined) throw new ChangedMeanwhile(`${path} is not there any more`);
      return result;
    },
  };
}

interface Connection {
  readonly server: string;
  readonly options: RequestOptions;
}

/** Reads a path, or patches it with a body. */
type Call = <Found>(path: string, headers?: OutgoingHttpHeaders, body?: object) => Promise<Found | undefined>;

/** Connects, and again when the credentials have expired: an `up` may take longer than they are valid. */
async function renewing(context: string): Promise<Call> {
  let current = await connection(context);
  let renewal: Promise<Connection> | undefined;
  const renew = () =>
    (renewal ??= connection(context).finally(() => {
      renewal = undefined;
    }));
  return async <Found>(path: string, headers?: OutgoingHttpHeaders, body?: object) => {
    const used = current;
    const call = ({ server, options }: Connection) =>
      ask<Found>(
        `${server}${path}`,
        { ...options, method: body ? "PATCH" : "GET", headers: { ...options.headers, ...headers } },
        body,
      );
    try {
      return await call(used);
    } catch (error) {
      if (!(error instanceof Unauthorized)) throw error;
      if (current === used) current = await renew();
      return call(current);
    }
  };
}

const metadataAlone = { Accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1" };

const readingWith =
  (call: Call): Read =>
  (path, form) =>
    call(path, form === "metadata" ? metadataAlone : undefined);

async function connection(context: string): Promise<Connection> {
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
  return { server: server.replace(/\/$/, ""), options };
}

function ask<Found>(url: string, options: RequestOptions, body?: object): Promise<Found | undefined> {
  return new Promise((resolve, reject) => {
    const call = (url.startsWith("http:") ? httpRequest : httpsRequest)(url, options, (response) => {
      response.setEncoding("utf8");
      let answer = "";
      response.on("data", (chunk: string) => (answer += chunk));
      response.on("error", reject);
      response.on("end", () => {
        // 201: a patch has created the object.
        if (response.statusCode === 200 || response.statusCode === 201) return resolve(JSON.parse(answer) as Found);
        if (response.statusCode === 404) return resolve(undefined);
        const message = `${url} answers with ${response.statusCode}: ${reasonIn(answer)}`;
        const Refusal = { 401: Unauthorized, 409: ChangedMeanwhile }[response.statusCode!] ?? Error;
        reject(new Refusal(message));
      });
    });
    call.on("timeout", () => call.destroy(new Error(`${url} did not answer within ${timeoutMilliseconds / 1000} s`)));
    call.on("error", (error: Error) => reject(error.message === "" ? new Error(`${url} cannot be reached`) : error));
    call.end(body && JSON.stringify(body));
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
