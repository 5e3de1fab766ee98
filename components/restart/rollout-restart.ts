/**
 * Restarts a Deployment the graceful way, from inside the cluster: a new pod is started and ready before the old one is
 * told to stop. Argument: the name of a Deployment in the pod's own namespace.
 */
import { readFileSync } from "node:fs";
import { request } from "node:https";

const account = "/var/run/secrets/kubernetes.io/serviceaccount";
const namespace = readFileSync(`${account}/namespace`, "utf8");
const deployment = process.argv[2];

const body = JSON.stringify({
  spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() } } } },
});
const call = request(
  {
    host: process.env.KUBERNETES_SERVICE_HOST,
    port: process.env.KUBERNETES_SERVICE_PORT,
    path: `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}?fieldManager=runsheet-restart`,
    method: "PATCH",
    ca: readFileSync(`${account}/ca.crt`),
    headers: {
      Authorization: `Bearer ${readFileSync(`${account}/token`, "utf8")}`,
      "Content-Type": "application/strategic-merge-patch+json",
    },
    timeout: 30_000,
  },
  (response) => {
    response.setEncoding("utf8");
    let answer = "";
    response.on("data", (chunk: string) => (answer += chunk));
    response.on("end", () => {
      if (response.statusCode === 200) return console.log(`${namespace}/${deployment} restarts`);
      console.error(`the restart of ${namespace}/${deployment} was refused: ${response.statusCode} ${answer}`);
      process.exitCode = 1;
    });
  },
);
call.on("timeout", () => call.destroy(new Error("the API server did not answer within 30 s")));
call.on("error", (error) => {
  console.error(`the restart of ${namespace}/${deployment} failed: ${error.message}`);
  process.exitCode = 1;
});
call.end(body);
