/** Objects of other tools in a namespace that a stack shares with them. */
import { objectPath, type Named } from "../../../../components/kubernetes/object-path";
import { refuseOverwriting } from "../../../../components/kubernetes/others";
import { readerOf } from "../../../support/cluster-reader";

const redis: Named = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "omniops-redis", namespace: "production" },
};
const made = { "pulumi.com/patchForce": "true", "pulumi.com/deletionPropagationPolicy": "background" };
const refusal = (annotations?: object) =>
  refuseOverwriting(readerOf(annotations ? { [objectPath(redis)]: { metadata: { annotations } } } : {}), redis);

test.each([
  ["v1", "Service", "/api/v1/namespaces/production/services/omniops-redis"],
  ["networking.k8s.io/v1", "Ingress", "/apis/networking.k8s.io/v1/namespaces/production/ingresses/omniops-redis"],
  [
    "networking.k8s.io/v1",
    "NetworkPolicy",
    "/apis/networking.k8s.io/v1/namespaces/production/networkpolicies/omniops-redis",
  ],
  ["postgresql.cnpg.io/v1", "Cluster", "/apis/postgresql.cnpg.io/v1/namespaces/production/clusters/omniops-redis"],
])("the path of %s %s", (apiVersion, kind, path) => expect(objectPath({ ...redis, apiVersion, kind })).toBe(path));

test("one that another tool made is refused", () =>
  expect(refusal({ "kubectl.kubernetes.io/last-applied-configuration": "{}" })).rejects.toThrow(
    "the StatefulSet production/omniops-redis was made by another tool, and would be overwritten: delete it or give it another name first, or give the system a namespace of its own",
  ));

test.each([
  ["none is there", undefined],
  ["a killed up of Runsheet has made it", made],
])("nothing is refused where %s", (_, annotations) => expect(refusal(annotations)).resolves.toBeUndefined());
