/** Programs of the cluster: command line of each, and the condition for its start. */
import { join } from "node:path";
import { runtime, state } from "../paths";
import {
  clusterDomain,
  hostAddress,
  nodeAddress,
  nodeName,
  notificationPort,
  objectStorePort,
  podNetwork,
  serviceNetwork,
} from "./addresses";
import { certificates } from "./certificates";
import { metricsPort } from "./metrics";
import { announcements } from "./network-policies";
import { objectStoreArguments, ownerVariables } from "./object-store";
import { storageNamespace, storageServiceAccount } from "./storage";

/** Mount point of the tools inside the lab, independent of the location of the cache. The first process mounts them. */
export const tools = join(runtime, "tools");
/** Socket of containerd, also reachable from the host. */
export const containerdSocket = join(runtime, "containerd.sock");
/** Directory of the components' configuration files. They are written at each start. */
export const configuration = join(runtime, "configuration");
/** Directory of the registries that containerd knows beside the public ones: see registries.ts. */
export const registries = join(configuration, "registries");
/** Directory of the volumes' data. */
export const volumes = join(state, "volumes");
/** Directory of the object store's data. */
export const objectStore = join(state, "object-store");
/** Directory with one log file for each component. The logs of the previous run are in `previous`. */
export const logs = join(state, "log");
/** Log of the received notifications: one JSON object a line, { at, text }. */
export const notifications = join(logs, "notifications.log");
/** Program of the notification receiver: a copy in the runtime directory, as `initScript` is. */
export const receiverScript = join(runtime, "notification-receiver.js");

export interface Component {
  name: string;
  /** Condition for the start: a `HOST:PORT` that accepts connections, or the path of a socket. Default: none. */
  after?: string;
  command: string[];
  /** Variables to which each start gives a random value, which no file and no argument has. Default: none. */
  random?: readonly string[];
}

const etcd = "127.0.0.1:2379";
const api = `${nodeAddress}:6443`;
const of = (file: string) => join(certificates, file);
const configured = (file: string) => join(configuration, file);
const debian = (file: string) => join(tools, "packages", file);
const kubernetes = (program: string) => join(tools, "kubernetes", program);

/** Formats each entry as `--key=value`. */
const flags = (values: Record<string, string | number | boolean>) =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

// The clients' default limit of 20 requests a second would delay the start.
const hurry = { "kube-api-qps": 200, "kube-api-burst": 400 };

const keyPair = (name: string, keyFlag: string, certificateFlag: string) => ({
  [certificateFlag]: of(`${name}.crt`),
  [keyFlag]: of(`${name}.key`),
});

const apiServerFlags = {
  "advertise-address": nodeAddress,
  "bind-address": nodeAddress,
  "secure-port": 6443,
  "allow-privileged": true,
  "authorization-mode": "Node,RBAC",
  "enable-admission-plugins": "NodeRestriction",
  "etcd-servers": `http://${etcd}`,
  "service-cluster-ip-range": serviceNetwork,
  "client-ca-file": of("ca.crt"),
  ...keyPair("kube-apiserver", "tls-private-key-file", "tls-cert-file"),
  ...keyPair("kubelet-client", "kubelet-client-key", "kubelet-client-certificate"),
  "kubelet-certificate-authority": of("ca.crt"),
  "kubelet-preferred-address-types": "InternalIP",
  "service-account-issuer": `https://kubernetes.default.svc.${clusterDomain}`,
  "service-account-key-file": of("service-accounts.pub"),
  "service-account-signing-key-file": of("service-accounts.key"),
  // The aggregation layer, for APIs that run in pods (metrics).
  "requestheader-client-ca-file": of("front-proxy-ca.crt"),
  "requestheader-allowed-names": "front-proxy",
  "requestheader-extra-headers-prefix": "X-Remote-Extra-",
  "requestheader-group-headers": "X-Remote-Group",
  "requestheader-username-headers": "X-Remote-User",
  ...keyPair("front-proxy", "proxy-client-key-file", "proxy-client-cert-file"),
  "enable-aggregator-routing": true,
};

const controllerManagerFlags = {
  kubeconfig: of("kube-controller-manager.kubeconfig"),
  "leader-elect": false,
  "use-service-account-credentials": true,
  "service-account-private-key-file": of("service-accounts.key"),
  "root-ca-file": of("ca.crt"),
  "cluster-signing-cert-file": of("ca.crt"),
  "cluster-signing-key-file": of("ca.key"),
  "cluster-cidr": podNetwork,
  "service-cluster-ip-range": serviceNetwork,
  "allocate-node-cidrs": false,
  "bind-address": "127.0.0.1",
  ...hurry,
  // The autoscaler reacts fast, because somebody waits for it in a lab. The defaults are 15 s, 5 min, 30 s and 5 min.
  "horizontal-pod-autoscaler-sync-period": "5s",
  "horizontal-pod-autoscaler-cpu-initialization-period": "15s",
  "horizontal-pod-autoscaler-initial-readiness-delay": "5s",
  "horizontal-pod-autoscaler-downscale-stabilization": "30s",
};

const metricsServerFlags = {
  kubeconfig: of("metrics-server.kubeconfig"),
  "authentication-kubeconfig": of("metrics-server.kubeconfig"),
  "authorization-kubeconfig": of("metrics-server.kubeconfig"),
  "bind-address": nodeAddress,
  "secure-port": metricsPort,
  ...keyPair("metrics-server-serving", "tls-private-key-file", "tls-cert-file"),
  // Authentication of requests that the API server proxies. Without these flags it would be read from the cluster.
  "authentication-skip-lookup": true,
  "requestheader-client-ca-file": of("front-proxy-ca.crt"),
  "requestheader-allowed-names": "front-proxy",
  "kubelet-certificate-authority": of("ca.crt"),
  "kubelet-preferred-address-types": "InternalIP",
  // The shortest resolution that metrics-server accepts. The timeout must be shorter than the resolution.
  "metric-resolution": "10s",
  "kubelet-request-timeout": "5s",
};

const proxyFlags = {
  kubeconfig: of("kube-proxy.kubeconfig"),
  "hostname-override": nodeName,
  "proxy-mode": "iptables",
  "cluster-cidr": podNetwork,
  // With masquerading, the response returns the same way when a pod calls itself, or a neighbour on the bridge, by a
  // service.
  "masquerade-all": true,
  "bind-address": nodeAddress,
  "metrics-bind-address": "127.0.0.1:10249",
  "oom-score-adj": 0,
  // The conntrack flags leave the connection tracking settings of the machine unchanged.
  "conntrack-max-per-core": 0,
  "conntrack-tcp-timeout-established": "0s",
  "conntrack-tcp-timeout-close-wait": "0s",
  "iptables-min-sync-period": "100ms",
};

const networkPoliciesFlags = {
  kubeconfig: of("network-policies.kubeconfig"),
  node: nodeName,
  "node-address": nodeAddress,
  "machine-address": hostAddress,
  "service-network": serviceNetwork,
  socket: announcements,
};

/** Components of the cluster. All are started at once; each waits for its `after`. */
export const components: Component[] = [
  {
    name: "etcd",
    command: [
      debian("usr/bin/etcd"),
      ...flags({
        name: nodeName,
        "data-dir": join(state, "etcd"),
        "listen-client-urls": `http://${etcd}`,
        "advertise-client-urls": `http://${etcd}`,
        "listen-peer-urls": "http://127.0.0.1:2380",
        "initial-advertise-peer-urls": "http://127.0.0.1:2380",
        "initial-cluster": `${nodeName}=http://127.0.0.1:2380`,
      }),
    ],
  },
  { name: "containerd", command: [debian("usr/bin/containerd"), "--config", configured("containerd.toml")] },
  { name: "kube-apiserver", after: etcd, command: [kubernetes("kube-apiserver"), ...flags(apiServerFlags)] },
  {
    name: "kube-controller-manager",
    after: api,
    command: [kubernetes("kube-controller-manager"), ...flags(controllerManagerFlags)],
  },
  {
    name: "kube-scheduler",
    after: api,
    command: [
      kubernetes("kube-scheduler"),
      ...flags({
        kubeconfig: of("kube-scheduler.kubeconfig"),
        "leader-elect": false,
        "bind-address": "127.0.0.1",
        ...hurry,
      }),
    ],
  },
  {
    name: "kubelet",
    after: containerdSocket,
    command: [
      kubernetes("kubelet"),
      ...flags({
        config: configured("kubelet.json"),
        // Its metrics of containers come from there.
        containerd: containerdSocket,
        kubeconfig: of("kubelet.kubeconfig"),
        "hostname-override": nodeName,
        "node-ip": nodeAddress,
      }),
    ],
  },
  { name: "kube-proxy", after: api, command: [kubernetes("kube-proxy"), ...flags(proxyFlags)] },
  {
    name: "network-policies",
    after: api,
    command: [join(tools, "network-policies", "network-policies"), ...flags(networkPoliciesFlags)],
  },
  {
    name: "coredns",
    after: api,
    command: [join(tools, "coredns", "coredns"), "-conf", configured("Corefile")],
  },
  {
    name: "metrics-server",
    after: api,
    command: [join(tools, "metrics-server", "metrics-server"), ...flags(metricsServerFlags)],
  },
  {
    name: "local-path-provisioner",
    after: api,
    command: [
      join(tools, "local-path-provisioner", "local-path-provisioner"),
      "start",
      "--config",
      configured("local-path.json"),
      "--helper-pod-file",
      configured("local-path-helper-pod.json"),
      "--kubeconfig",
      of("local-path-provisioner.kubeconfig"),
      "--namespace",
      storageNamespace,
      "--service-account-name",
      storageServiceAccount,
    ],
  },
  {
    name: "notification-receiver",
    command: [join(tools, "node", "node"), receiverScript, nodeAddress, String(notificationPort), notifications],
  },
  {
    name: "object-store",
    command: [
      join(tools, "versitygw", "versitygw"),
      ...objectStoreArguments(objectStore, `${nodeAddress}:${objectStorePort}`),
    ],
    random: ownerVariables,
  },
];

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

/** Returns the shell script that starts a component: it waits for `after`, then executes the command. */
export function startScript({ after, command, random = [] }: Component): string {
  const [host, port] = after?.split(":") ?? [];
  const there = port ? `(: < /dev/tcp/${host}/${port}) 2> /dev/null` : `[ -S ${after} ]`;
  const wait = after ? `until ${there}; do sleep 0.1; done\n` : "";
  const values = random.map((name) => `export ${name}="$(od -An -v -N16 -tx8 /dev/urandom | tr -d ' \\n')"\n`).join("");
  return `${wait}${values}exec ${command.map(quoted).join(" ")}\n`;
}
