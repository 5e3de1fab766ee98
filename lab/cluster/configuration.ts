/** Configuration files of the cluster's components. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runtime, state } from "../paths";
import { clusterDomain, dnsServiceAddress, nodeAddress, nodeName, podNetwork } from "./addresses";
import { certificates } from "./certificates";
import { cgroupRoot } from "./cgroups";
import { configuration, containerdSocket, registries, tools, volumes } from "./components";
import { announcements } from "./network-policies";
import { helperPod } from "./storage";

const json = (value: unknown) => JSON.stringify(value, null, 2);

/** Directory of links to the CNI plugins: containerd looks for them in a single directory. */
const plugins = join(configuration, "cni-plugins");

/**
 * Configuration of a containerd that is separate from one of the machine. Without `restrict_oom_score_adj` no pod would
 * start where CAP_SYS_RESOURCE is missing (in a container or a small virtual machine). The plugin `opt` is disabled
 * because it would create /opt/containerd on the machine.
 */
const containerd = `version = 2
root = "${join(state, "containerd")}"
state = "${join(runtime, "containerd")}"
oom_score = 0
disabled_plugins = [
  "io.containerd.internal.v1.opt",
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
]

[grpc]
  address = "${containerdSocket}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "runsheet.lab/pause:1"
  restrict_oom_score_adj = true
  disable_hugetlb_controller = true
  tolerate_missing_hugetlb_controller = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"

[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "${registries}"

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${plugins}"
  conf_dir = "${join(configuration, "cni")}"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  BinaryName = "${join(tools, "packages/usr/sbin/runc")}"
  Root = "${join(runtime, "runc")}"
`;

/**
 * CNI configuration of the pod network: a bridge. The allocated addresses are lost with the lab's namespaces, as the
 * pods' interfaces are.
 */
const pods = {
  cniVersion: "0.4.0",
  name: "runsheet-lab",
  plugins: [
    {
      type: "bridge",
      bridge: "cni0",
      isGateway: true,
      hairpinMode: true,
      ipMasq: false,
      ipam: {
        type: "host-local",
        dataDir: "/run/cni",
        ranges: [[{ subnet: podNetwork }]],
        routes: [{ dst: "0.0.0.0/0" }],
      },
    },
    { type: "portmap", capabilities: { portMappings: true }, snat: true },
    { type: "network-policies", socket: announcements },
  ],
};

/**
 * Configuration of the kubelet. A threshold of 100 per cent disables image garbage collection: there is no registry to
 * pull the images from again. Eviction for a full disk is disabled, because the disk is the whole machine's.
 */
const kubelet = {
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  address: nodeAddress,
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: join(certificates, "ca.crt") },
  },
  authorization: { mode: "Webhook" },
  tlsCertFile: join(certificates, "kubelet-server.crt"),
  tlsPrivateKeyFile: join(certificates, "kubelet-server.key"),
  containerRuntimeEndpoint: `unix://${containerdSocket}`,
  cgroupDriver: "cgroupfs",
  cgroupRoot,
  oomScoreAdj: 0,
  failSwapOn: false,
  clusterDNS: [dnsServiceAddress],
  clusterDomain,
  resolvConf: join(configuration, "resolv.conf"),
  maxPods: 200,
  serializeImagePulls: false,
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
  evictionHard: {
    "memory.available": "100Mi",
    "nodefs.available": "0%",
    "nodefs.inodesFree": "0%",
    "imagefs.available": "0%",
    "imagefs.inodesFree": "0%",
  },
  nodeStatusUpdateFrequency: "2s",
  nodeStatusReportFrequency: "1m",
  kubeAPIQPS: 200,
  kubeAPIBurst: 400,
  eventRecordQPS: 50,
  eventBurst: 100,
};

/**
 * Configuration of CoreDNS. Names outside the cluster get NXDOMAIN: they are unreachable, and a lookup would time out.
 */
const corefile = `${clusterDomain} in-addr.arpa ip6.arpa {
    bind ${nodeAddress}
    errors
    kubernetes {
        kubeconfig ${join(certificates, "coredns.kubeconfig")} ${nodeName}
        pods insecure
        ttl 5
    }
    loadbalance
}

. {
    bind ${nodeAddress}
    errors
    template ANY ANY {
        rcode NXDOMAIN
    }
}
`;

const localPath = { nodePathMap: [{ node: "DEFAULT_PATH_FOR_NON_LISTED_NODES", paths: [volumes] }] };

/** Writes all configuration files. Overwrites existing ones. */
export function writeConfiguration(): void {
  mkdirSync(join(configuration, "cni"), { recursive: true });
  const files: Record<string, string> = {
    "containerd.toml": containerd,
    "cni/10-bridge.conflist": json(pods),
    "kubelet.json": json(kubelet),
    Corefile: corefile,
    // For pods with dnsPolicy Default, which resolve names as the node does: with the cluster's DNS.
    "resolv.conf": `nameserver ${nodeAddress}\n`,
    "local-path.json": json(localPath),
    "local-path-helper-pod.json": json(helperPod),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(configuration, name), content);
  linkPlugins();
}

function linkPlugins(): void {
  rmSync(plugins, { recursive: true, force: true });
  mkdirSync(plugins);
  for (const name of ["bridge", "host-local", "loopback", "portmap"])
    symlinkSync(join(tools, "packages/usr/lib/cni", name), join(plugins, name));
  symlinkSync(join(tools, "network-policies-plugin/network-policies"), join(plugins, "network-policies"));
}
