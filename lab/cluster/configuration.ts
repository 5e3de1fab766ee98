/** The files that the cluster's components read. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runtime, state } from "../paths";
import { clusterDomain, dnsServiceAddress, nodeAddress, nodeName, podNetwork } from "./addresses";
import { certificates } from "./certificates";
import { cgroupRoot } from "./cgroups";
import { configuration, containerdSocket, tools, volumes } from "./components";
import { announcements } from "./network-policies";
import { helperPod } from "./storage";

const json = (value: unknown) => JSON.stringify(value, null, 2);

/** containerd looks for the pods' network plugins in one directory: here are links to them. */
const plugins = join(configuration, "cni-plugins");

/**
 * containerd, wholly apart from one that the machine may run. `restrict_oom_score_adj`: without CAP_SYS_RESOURCE (in a
 * container or a small virtual machine) no pod would start. `opt` would make /opt/containerd on the machine.
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

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${plugins}"
  conf_dir = "${join(configuration, "cni")}"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  BinaryName = "${join(tools, "packages/usr/sbin/runc")}"
  Root = "${join(runtime, "runc")}"
`;

/** The pods' network: a bridge. Its book of addresses is lost with the namespace, as the pods' interfaces are. */
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
 * The kubelet never deletes images to make room (there is no registry to pull them from again: at 100 per cent it does not
 * collect them) and never evicts because the disk is full, for the disk is the whole machine's.
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

/** Nothing outside the cluster can be reached, so every other name does not exist: better than a lookup that times out. */
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

/** Writes all of them; what was there before is overwritten. */
export function writeConfiguration(): void {
  mkdirSync(join(configuration, "cni"), { recursive: true });
  const files: Record<string, string> = {
    "containerd.toml": containerd,
    "cni/10-bridge.conflist": json(pods),
    "kubelet.json": json(kubelet),
    Corefile: corefile,
    // For pods that ask to resolve names as the node does: the node asks the cluster too.
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
