/** A database's volume on a file system of its own, which a test can fill without filling the machine's. */
import { findInit } from "../../lab/cluster/process";
import { run } from "../../lab/command";
import { clusterOf } from "./base-backup";
import { eventually, kubectl, sql, type System } from "./cluster";

export class SmallDisk {
  private constructor(
    private readonly system: System,
    private readonly cluster: string,
    /** The volume's directory on the node. */
    private readonly directory: string,
  ) {}

  /** Puts the volume of a system's only server on a disk of so many megabytes. */
  static async under(system: System, megabytes: number): Promise<SmallDisk> {
    const cluster = await clusterOf(system);
    const of = (kind: string, name: string, path: string) =>
      kubectl("get", kind, "-n", system, name, "-o", `jsonpath={${path}}`);
    const volume = await of("pvc", `${cluster}-1`, ".spec.volumeName");
    const directory = await of("pv", volume, ".spec.hostPath.path");
    const disk = new SmallDisk(system, cluster, directory);
    await disk.stopped(
      `cp -a ${directory} ${directory}.aside
       mount -t tmpfs -o size=${megabytes}m,mode=0777 tmpfs ${directory}
       cp -a ${directory}.aside/. ${directory}/ && rm -rf ${directory}.aside`,
    );
    return disk;
  }

  /** Leaves no byte free. */
  async fill(): Promise<void> {
    await onNode(`dd if=/dev/zero of=${this.filler} bs=64k 2>/dev/null || true`);
  }

  /** Makes room, as somebody does who enlarges the volume. */
  async makeRoom(): Promise<void> {
    await onNode(`rm -f ${this.filler}`);
  }

  /** Puts the volume back to where it was, with what it holds now. */
  async remove(): Promise<void> {
    await this.makeRoom();
    await this.stopped(
      `cp -a ${this.directory} ${this.directory}.aside
       umount ${this.directory} && find ${this.directory} -mindepth 1 -delete
       cp -a ${this.directory}.aside/. ${this.directory}/ && rm -rf ${this.directory}.aside`,
    );
  }

  private get filler(): string {
    return `${this.directory}/runsheet-filler`;
  }

  /** Runs a script on the node while the server is stopped, and starts it again. */
  private async stopped(script: string): Promise<void> {
    const { system, cluster } = this;
    const stop = (value: "on" | "off") =>
      kubectl(
        ...["annotate", "clusters.postgresql.cnpg.io", "-n", system, cluster],
        ...[`cnpg.io/hibernation=${value}`, "--overwrite"],
      );
    const pods = () => kubectl("get", "pods", "-n", system, "-l", `cnpg.io/cluster=${cluster}`, "-o", "name");
    await stop("on");
    await eventually("the server is stopped", async () => (await pods()) === "", 180);
    await onNode(script);
    await stop("off");
    await eventually("the server is there again", async () => (await sql("SELECT 1", system)) === "1", 180);
  }
}

/** Runs a script as the node's superuser. Throws with what it printed. */
const onNode = (script: string) =>
  run("nsenter", ["--mount", "--target", String(findInit()!.pid), "sh", "-euc", script]);
