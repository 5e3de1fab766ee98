/** What runs in a system's pods: the application's own image, or the stand-in of the local stack. */
import * as pulumi from "@pulumi/pulumi";
import { bundle } from "../components/bundle";
import type { Environment } from "../components/environment";
import { MountedFiles } from "../components/files";
import type { WorkloadArgs } from "../components/workload";

/** The part of a pod that says which program runs in it. */
export type Program = Pick<WorkloadArgs, "image" | "command" | "files" | "environment" | "probes">;

/** Gives each role of a system its program. */
export type Application = (role: string) => Program;

/** The real application: an image for each role, tagged with the release, started as the runbook starts it. */
export function realApplication(
  release: string,
  roles: Readonly<Record<string, Program & { readonly image: string }>>,
): Application {
  return (role) => {
    const program = roles[role];
    if (!program) throw new Error(`no image is known for the role "${role}"; known: ${Object.keys(roles).join(", ")}`);
    return { ...program, image: `${program.image}:${release}` };
  };
}

export interface StandInArgs {
  readonly system: string;
  readonly namespace: pulumi.Input<string>;
  /** A stock Node.js image. */
  readonly image: string;
  /** The variables without which a role must not become ready. */
  readonly requires: readonly string[];
}

/**
 * The stand-in application: it serves the system's endpoints, needs its database, Redis and environment, and does none
 * of the application's real work. Its program is mounted into a stock Node.js image.
 */
export function standIn(args: StandInArgs, opts: pulumi.CustomResourceOptions): Application {
  const program = { "main.cjs": bundle("lab/images/app/main.ts") };
  const files = MountedFiles.pinned(`${args.system}-stand-in`, args.namespace, program, opts);
  return (role) => {
    const environment: Environment = {
      STAND_IN_SYSTEM: args.system,
      STAND_IN_ROLE: role,
      STAND_IN_REQUIRES: args.requires.join(","),
    };
    const probes = { ready: "/ready", live: "/live" };
    return { image: args.image, command: ["node", "/runsheet/main.cjs"], files, environment, probes };
  };
}
