/** Log files as the kubelet writes them for pods: one pod of a workload, one container of a kind of log. */
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { LogLine } from "../../support/alerts/log-alert-case";

export class LogFiles {
  /** Number of lines that were written. */
  written = 0;

  constructor(private readonly directory: string) {}

  /** Writes lines of a workload. `age` is their age in seconds. */
  write(namespace: string, lines: readonly (LogLine & { readonly workload: string })[], age: number): void {
    for (const { text, stream = "stdout", kind, workload } of lines) {
      const container = kind === undefined ? "main" : `log-${kind}`;
      const directory = join(this.directory, `${namespace}_${workload}_${uid}`, container);
      mkdirSync(directory, { recursive: true });
      const time = new Date(Date.now() - age * 1000).toISOString();
      appendFileSync(join(directory, "0.log"), `${time} ${stream} F ${text}\n`);
      this.written++;
    }
  }
}

const uid = "11111111-2222-3333-4444-555555555555";
