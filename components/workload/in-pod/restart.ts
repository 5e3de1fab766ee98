/**
 * Restarts a Deployment gracefully, from inside the cluster: a new pod is ready before an old one is stopped. Argument:
 * the name of a Deployment in the pod's namespace.
 */
import { ask, namespace } from "../../kubernetes/in-pod/cluster-api";

const deployment = process.argv[2];
const annotations = { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() };

ask(`/apis/apps/v1/namespaces/${namespace()}/deployments/${deployment}?fieldManager=runsheet-restart`, {
  method: "PATCH",
  body: { spec: { template: { metadata: { annotations } } } },
}).then(
  () => console.log(`${namespace()}/${deployment} restarts`),
  (error: Error) => {
    console.error(`the restart of ${namespace()}/${deployment} failed: ${error.message}`);
    process.exitCode = 1;
  },
);
