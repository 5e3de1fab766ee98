import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { components, startScript } from "../../../lab/cluster/components";

const find = (name: string) => components.find((component) => component.name === name)!;

test("a component becomes its command, whatever characters its arguments have", () => {
  const script = startScript({ name: "printer", command: ["printf", "%s|", "it's", "$HOME", "a b"] });
  expect(execFileSync("bash", ["-c", script]).toString()).toBe("it's|$HOME|a b|");
});

test("a component gets random values, another one in each variable and at each start", () => {
  const script = startScript({ name: "printer", command: ["sh", "-c", "echo $ONE $OTHER"], random: ["ONE", "OTHER"] });
  const values = [script, script].flatMap((each) => execFileSync("bash", ["-c", each]).toString().trim().split(" "));
  for (const value of values) expect(value).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(values).size).toBe(4);
});

test("no component has a key in its arguments", () => {
  const { command } = find("object-store");
  expect(command.filter((argument) => /^--(access|secret)/.test(argument))).toEqual([]);
});

test("a component waits for the address that it needs", async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");

  const script = startScript({ name: "waiter", after: `127.0.0.1:${port}`, command: ["echo", "started"] });
  const child = spawn("bash", ["-c", script]);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await sleep(300);
  expect(output).toBe("");
  const later = createServer().listen(port, "127.0.0.1");
  await once(child, "close");
  later.close();
  expect(output).toBe("started\n");
});

test("a component waits for the socket that it needs", async () => {
  const directory = mkdtempSync(join(tmpdir(), "runsheet-test-"));
  const path = join(directory, "socket");
  const child = spawn("bash", ["-c", startScript({ name: "waiter", after: path, command: ["echo", "started"] })]);
  const server = createServer().listen(path);
  const [output] = (await once(child.stdout, "data")) as [Buffer];
  expect(output.toString()).toBe("started\n");
  server.close();
  rmSync(directory, { recursive: true });
});

test("the kubelet starts after containerd, the API's clients after the API server", () => {
  expect(find("kubelet").after).toBe("/run/runsheet-lab/containerd.sock");
  expect(find("kube-apiserver").after).toBe("127.0.0.1:2379");
  const own = ["network-policies", "coredns", "metrics-server", "local-path-provisioner"];
  const clients = ["kube-controller-manager", "kube-scheduler", "kube-proxy", ...own];
  expect(clients.map((name) => find(name).after)).toEqual(clients.map(() => "10.213.0.2:6443"));
});

test("the API server takes aggregated requests only with the front proxy's certificate", () => {
  expect(find("kube-apiserver").command).toEqual(
    expect.arrayContaining([
      "--enable-aggregator-routing=true",
      "--requestheader-allowed-names=front-proxy",
      "--requestheader-client-ca-file=/var/lib/runsheet-lab/certificates/front-proxy-ca.crt",
    ]),
  );
});

test("autoscaling does not make a user of the lab wait for minutes", () => {
  expect(find("kube-controller-manager").command).toEqual(
    expect.arrayContaining([
      "--horizontal-pod-autoscaler-sync-period=5s",
      "--horizontal-pod-autoscaler-cpu-initialization-period=15s",
      "--horizontal-pod-autoscaler-initial-readiness-delay=5s",
      "--horizontal-pod-autoscaler-downscale-stabilization=30s",
    ]),
  );
});

test("no network policy keeps out the lab's machine, or pods from the node's DNS", () => {
  expect(find("network-policies").command).toEqual(
    expect.arrayContaining([
      "--machine-address=10.213.0.1",
      "--node-address=10.213.0.2",
      "--service-network=10.213.128.0/18",
    ]),
  );
});

test("metrics-server gives up on the kubelet before it asks again", () => {
  expect(find("metrics-server").command).toEqual(
    expect.arrayContaining(["--metric-resolution=10s", "--kubelet-request-timeout=5s"]),
  );
});
