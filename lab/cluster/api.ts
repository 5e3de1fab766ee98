/** Client of the lab's API server. Does not need kubectl. */
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { apiServer } from "./addresses";
import { certificates } from "./certificates";
import type { KubernetesObject } from "./objects";

const timeoutMilliseconds = 10_000;

/** Sends one request as the lab's admin. Throws for a status of 400 or more, with the response text. */
function send(method: string, path: string, body?: unknown): Promise<string> {
  const file = (name: string) => readFileSync(join(certificates, name));
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, apiServer),
      {
        method,
        agent: false,
        timeout: timeoutMilliseconds,
        headers: body ? { "content-type": "application/apply-patch+yaml" } : {},
        ca: file("ca.crt"),
        cert: file("admin.crt"),
        key: file("admin.key"),
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          if ((answer.statusCode ?? 500) < 400) resolve(text);
          else reject(new Error(`${method} ${path} was answered with ${answer.statusCode}: ${text.slice(0, 500)}`));
        });
      },
    );
    sent.on("timeout", () =>
      sent.destroy(new Error(`${method} ${path}: no answer in ${timeoutMilliseconds / 1000} s`)),
    );
    sent.on("error", reject);
    sent.end(body ? JSON.stringify(body) : undefined);
  });
}

export const get = async <T>(path: string): Promise<T> => JSON.parse(await send("GET", path)) as T;

/** Returns the response text for `path`, for paths that are not objects. */
export const getText = (path: string) => send("GET", path);

/** Returns the API path of the objects of this kind, in the object's namespace if it has one. */
export function collection({ apiVersion, kind, metadata }: KubernetesObject): string {
  const prefix = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const ending = kind === "Endpoints" ? "" : kind.endsWith("s") ? "es" : "s";
  const plural = `${kind.toLowerCase()}${ending}`;
  return metadata.namespace ? `${prefix}/namespaces/${metadata.namespace}/${plural}` : `${prefix}/${plural}`;
}

/** Creates or updates the object with server-side apply. */
export async function apply(object: KubernetesObject): Promise<void> {
  await send("PATCH", `${collection(object)}/${object.metadata.name}?fieldManager=runsheet-lab&force=true`, object);
}

/** Deletes the object at `path`. */
export async function remove(path: string): Promise<void> {
  await send("DELETE", path);
}
