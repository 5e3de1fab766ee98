import { collection } from "../../../lab/cluster/api";
import { dnsObjects } from "../../../lab/cluster/dns";
import { metricsObjects } from "../../../lab/cluster/metrics";
import { networkPolicyObjects } from "../../../lab/cluster/network-policies";
import { storageObjects } from "../../../lab/cluster/storage";

test("each object is sent to where the API server keeps its kind", () => {
  const objects = [...dnsObjects, ...storageObjects, ...networkPolicyObjects, ...metricsObjects("authority")];
  expect(objects.map((object) => `${collection(object)}/${object.metadata.name}`)).toEqual([
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/runsheet-lab:coredns",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/runsheet-lab:coredns",
    "/api/v1/namespaces/kube-system/services/kube-dns",
    "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices/kube-dns",
    "/api/v1/namespaces/local-path-storage",
    "/api/v1/namespaces/local-path-storage/serviceaccounts/local-path-provisioner",
    "/api/v1/namespaces/local-path-storage/configmaps/local-path-config",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/runsheet-lab:local-path-provisioner",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/runsheet-lab:local-path-provisioner",
    "/apis/storage.k8s.io/v1/storageclasses/local-path",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/runsheet-lab:network-policies",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/runsheet-lab:network-policies",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/runsheet-lab:metrics-server",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/runsheet-lab:metrics-server",
    "/api/v1/namespaces/kube-system/services/metrics-server",
    "/api/v1/namespaces/kube-system/endpoints/metrics-server",
    "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io",
  ]);
});

test("the API server checks metrics-server's certificate with the cluster's authority", () => {
  const service = metricsObjects("authority").find(({ kind }) => kind === "APIService")!;
  expect(service.spec).toMatchObject({
    service: { name: "metrics-server", namespace: "kube-system" },
    caBundle: Buffer.from("authority").toString("base64"),
  });
});
