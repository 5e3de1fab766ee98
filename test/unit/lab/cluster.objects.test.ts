import { collection } from "../../../lab/cluster/api";
import { dnsObjects } from "../../../lab/cluster/dns";
import { storageObjects } from "../../../lab/cluster/storage";

test("each object is sent to where the API server keeps its kind", () => {
  expect([...dnsObjects, ...storageObjects].map((object) => `${collection(object)}/${object.metadata.name}`)).toEqual([
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
  ]);
});
