import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "./environment";

/** Program that a container runs. */
export interface ContainerArgs {
  readonly image: string;
  /** Default: the image's command. */
  readonly command?: readonly pulumi.Input<string>[];
  /** Default: none. */
  readonly environment?: Environment;
}
