/** Log of the engine's events: a file of JSON, one event in a line, that `pulumi up --event-log FILE` writes. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

/** Events that are new since the last time. */
export interface News {
  /** True if they are of another run than the ones before: the file is a new one, or was emptied. */
  readonly isNewRun: boolean;
  readonly events: readonly EngineEvent[];
}

/** Longest beginning of a file by which runs are told apart, in bytes: it has the time of the first event. */
const headBytes = 64;
const chunkBytes = 1 << 20;

/**
 * Follows a log that another process writes. A last line that is not whole yet is kept for the next time, and a file that is
 * removed is read to its end.
 */
export class EventLog {
  private opened: Opened | undefined;

  constructor(private readonly file: string) {}

  /**
   * Reads what is new.
   * @throws Error if a whole line is no JSON
   */
  read(): News {
    const rest = this.opened?.isSame() ? this.opened.events() : undefined;
    if (rest && rest.length > 0) return { isNewRun: false, events: rest };
    if (this.opened?.isAt(this.file)) return { isNewRun: false, events: [] };
    this.close();
    this.opened = Opened.at(this.file);
    return { isNewRun: this.opened !== undefined, events: this.opened?.events() ?? [] };
  }

  /** Stops following. */
  close(): void {
    this.opened?.close();
    this.opened = undefined;
  }
}

/** One run's file. */
class Opened {
  private position = 0;
  private partial = "";
  private head = "";
  private readonly decoder = new StringDecoder("utf8");

  private constructor(
    private readonly file: string,
    private readonly descriptor: number,
  ) {}

  static at(file: string): Opened | undefined {
    try {
      return new Opened(file, openSync(file, "r"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** False if the file was emptied for another run. */
  isSame(): boolean {
    return fstatSync(this.descriptor).size >= this.position && this.begin(this.head.length) === this.head;
  }

  /** True if the path still leads to this file, with this run in it. */
  isAt(file: string): boolean {
    const there = statSync(file, { throwIfNoEntry: false });
    // One that was removed stays, for it was read to its end, and no other has come.
    return (there === undefined || there.ino === fstatSync(this.descriptor).ino) && this.isSame();
  }

  events(): EngineEvent[] {
    const buffer = Buffer.alloc(chunkBytes);
    let text = this.partial;
    for (let size; (size = readSync(this.descriptor, buffer, 0, chunkBytes, this.position)) > 0; this.position += size)
      text += this.decoder.write(buffer.subarray(0, size));
    this.head = this.begin(Math.min(headBytes, this.position));
    const lines = text.split("\n");
    this.partial = lines.pop()!;
    return lines.filter(Boolean).map((line) => this.parsed(line));
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private begin(bytes: number): string {
    const buffer = Buffer.alloc(bytes);
    return buffer.toString("latin1", 0, readSync(this.descriptor, buffer, 0, bytes, 0));
  }

  private parsed(line: string): EngineEvent {
    try {
      return JSON.parse(line) as EngineEvent;
    } catch (error) {
      throw new Error(`${this.file} is no log of pulumi up: it has the line ${line.slice(0, 80)}`, { cause: error });
    }
  }
}
