/** Programs of a system's pods: the application's own images, or the stand-in of the local stack. */
import * as pulumi from "@pulumi/pulumi";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../kubernetes/bundle";
import type { Environment } from "../kubernetes/environment";
import { imageOf } from "../kubernetes/image-tag";
import { MountedFiles } from "../kubernetes/mounted-files";
import type { WorkloadArgs } from "../workload";

/** The part of a pod that says which program runs in it. */
export type Program = Pick<WorkloadArgs, "image" | "command" | "replacesVariables" | "environment" | "probes"> & {
  readonly files?: readonly MountedFiles[];
};

/** A system's programs. */
export interface Application {
  /** Returns the program of a workload by its role. */
  role(name: string): Program;
  /**
   * Returns the program of a task or schedule. Its arguments are appended to `command`. Default release: the system's.
   */
  script(name: string, release?: string): Program & { readonly command: readonly pulumi.Input<string>[] };
}

/** Programs of the real application. Their images need no tags. */
export interface RealPrograms {
  readonly roles: Readonly<Record<string, Program & { readonly image: string }>>;
  /** Default: none. */
  readonly scripts?: Readonly<
    Record<string, Program & { readonly image: string; readonly command: readonly string[] }>
  >;
}

/**
 * Returns the real application, started as the runbook starts it: its images, with the release as the tag of those that have
 * no tag or digest of their own.
 */
export function realApplication(release: string, { roles, scripts = {} }: RealPrograms): Application {
  const find = <Found extends { readonly image: string }>(
    programs: Readonly<Record<string, Found>>,
    kind: string,
    name: string,
    tag = release,
  ) => {
    const program = programs[name];
    if (program) return { ...program, image: imageOf(program.image, tag) };
    throw new Error(`no image is known for the ${kind} "${name}"; known: ${Object.keys(programs).join(", ")}`);
  };
  return { role: (name) => find(roles, "role", name), script: (name, tag) => find(scripts, "script", name, tag) };
}

export interface StandInArgs {
  readonly system: string;
  /** Directory of the program, which is called main.SYSTEM.ts. */
  readonly directory: string;
  readonly namespace: pulumi.Input<string>;
  /** A stock Node.js image. */
  readonly image: string;
  /** npm packages that the program requires. */
  readonly packages: MountedFiles;
  /** Variables without which a role must not become ready. */
  readonly requires: readonly string[];
  readonly probes: WorkloadArgs["probes"];
}

/**
 * Returns the stand-in application. It serves the system's endpoints, needs its database, Redis and variables, and does
 * none of the application's real work. Its program is mounted into a stock Node.js image.
 */
export function standIn(args: StandInArgs, opts: pulumi.CustomResourceOptions): Application {
  const program = { "main.cjs": bundle(programOf(args)) };
  const files = [MountedFiles.pinned(`${args.system}-stand-in`, args.namespace, program, opts), args.packages];
  const command = ["node", "/runsheet/main.cjs"];
  const environment: Environment = { STAND_IN_SYSTEM: args.system };
  return {
    role: (name) => ({
      image: args.image,
      command,
      files,
      environment: { ...environment, STAND_IN_ROLE: name, STAND_IN_REQUIRES: args.requires.join(",") },
      probes: args.probes,
    }),
    script: (name) => ({ image: args.image, command: [...command, name], files, environment }),
  };
}

/** Path of the stand-in's program. Throws Error if the system has none. */
function programOf({ directory, system }: StandInArgs): string {
  const path = `${directory}/main.${system}.ts`;
  if (existsSync(join(__dirname, "..", "..", path))) return path;
  throw new Error(
    `the system ${system} has no stand-in: there is no file ${path}. Write it, or set ${system}:application to the images of the real application`,
  );
}
