import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { logContainers } from "../../../../components/kubernetes/log-containers";
import { podSpec } from "../../../../components/kubernetes/pod";

const logs = { image: "example/node:22", files: { audit: "/app/logs/audit/ai_audit.log" } };
const mounts = [
  { name: "volume-0", mountPath: "/app/models" },
  { name: "volume-1", mountPath: "/app/logs" },
];

test("a log file has a sidecar that sees its volume alone, and cannot write", () => {
  expect(logContainers(logs, mounts)).toEqual([
    {
      name: "log-audit",
      image: "example/node:22",
      command: ["sh", "-c", expect.stringContaining("tail -n +1 -F"), "/app/logs/audit/ai_audit.log"],
      restartPolicy: "Always",
      volumeMounts: [{ name: "volume-1", mountPath: "/app/logs", readOnly: true }],
      resources: {
        requests: { cpu: "5m", memory: "8Mi", "ephemeral-storage": "64Mi" },
        limits: { memory: "64Mi", "ephemeral-storage": "2304Mi" },
      },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
      terminationMessagePolicy: "FallbackToLogsOnError",
    },
  ]);
});

test("a pod has them after what is done before its program, and none without log files", () => {
  const volumes = [{ path: "/app/logs", scratch: "1Gi" }];
  const pod = { namespace: "demo", image: "example/app:1", command: ["app"], volumes };
  const before = [{ image: "example/app:1", command: ["true"] }];
  const names = (more: object) =>
    (podSpec("demo", { ...pod, ...more }, {}, {}).initContainers as { name: string }[] | undefined)?.map(
      ({ name }) => name,
    );
  expect(names({})).toBeUndefined();
  expect(names({ logs })).toEqual(["log-audit"]);
  expect(names({ before, logs })).toEqual(["before-0", "log-audit"]);
});

test("it copies a file that comes late and is rotated, and ends with the last lines", async () => {
  const directory = mkdtempSync(join(tmpdir(), "runsheet-logs-"));
  const file = join(directory, "audit.log");
  const [{ command }] = logContainers({ image: "", files: { audit: file } }, []) as unknown as [{ command: string[] }];
  const child = spawn(command[0]!, command.slice(1), { stdio: ["ignore", "pipe", "inherit"], detached: true });
  let output = "";
  /** Ends what it started, which is in a group of its own. */
  const killed = () => {
    try {
      process.kill(-child.pid!, "SIGKILL");
    } catch {
      // There is nothing any more.
    }
  };
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const copied = async (text: string) => {
    for (let tries = 0; tries < 100 && !output.includes(text); tries++) await sleep(100);
    expect(output).toContain(text);
  };
  try {
    await sleep(300);
    writeFileSync(file, "one\n");
    await copied("one\n");
    renameSync(file, `${file}.1`);
    writeFileSync(file, "two\n");
    await copied("one\ntwo\n");
    const [ended, closed] = [once(child, "exit"), once(child, "close")];
    child.kill("SIGTERM");
    await sleep(300);
    appendFileSync(file, "three\n");
    expect(await ended).toEqual([0, null]);
    killed(); // as with the first process of a container
    await closed;
    expect(output).toBe("one\ntwo\nthree\n");
  } finally {
    killed();
    rmSync(directory, { recursive: true });
  }
});
