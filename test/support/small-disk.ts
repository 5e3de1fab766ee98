/** Database volume on a file system of its own. A test can fill it without filling the machine's disk. */
import { findInit } from "../../lab/cluster/process";
import { run } from "../../lab/command";
import { clusterOf } from "./base-backup";
import { eventually, kubectl, sql, type System } from "./cluster";

export class SmallDisk {
  private constructor(
    private readonly system: System,
    private readonly cluster: string,
    /** Directory of the volume on the node. */
    private readonly directory: string,
  ) {}

  /** Moves the volume of a system's only server to a tmpfs of `megabytes`. */
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

  /** Fills the file system completely. */
  async fill(): Promise<void> {
    await onNode(`dd if=/dev/zero of=${this.filler} bs=64k 2>/dev/null || true`);
  }

  /** Frees the filled space, as an enlarged volume would. */
  async makeRoom(): Promise<void> {
    await onNode(`rm -f ${this.filler}`);
  }

  /** Moves the volume back to its original file system, with its current contents. */
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

  /** Runs a script on the node while the server is stopped. */
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

/** Runs a script as root on the node. Throws with its output. */
const onNode = (script: string) =>
  run("nsenter", ["--mount", "--target", String(findInit()!.pid), "sh", "-euc", script]);
