/**
 * Restarts a Deployment the graceful way, from inside the cluster: a new pod is started and ready before the old one is
 * told to stop. Argument: the name of a Deployment in the pod's own namespace.
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
