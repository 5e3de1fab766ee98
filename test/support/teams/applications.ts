/** Images of the teams' applications, as images.json describes them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Application of a team. */
export interface Application {
  /** Command and its arguments. The files are in /app. */
  readonly command: readonly string[];
  /** Commands of the workloads that run another than `command`, by their names. Default: none. */
  readonly workloads?: Readonly<Record<string, readonly string[]>>;
  /** Debian packages beside Python. */
  readonly packages: readonly string[];
  /** Files beside images.json. */
  readonly files: readonly string[];
  /** File of the image that holds its release without a leading `v`. Default: release. */
  readonly version?: string;
}

/** Directory of images.json and of the files. */
export const sources = join(__dirname, "applications");

/** Reads images.json. Returns the applications by the names of their images. */
export const applicationsIn = (directory: string): Readonly<Record<string, Application>> =>
  JSON.parse(readFileSync(join(directory, "images.json"), "utf8")) as Readonly<Record<string, Application>>;
