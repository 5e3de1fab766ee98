import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "./environment";

/** What a container of a pod runs. */
export interface ContainerArgs {
  readonly image: pulumi.Input<string>;
  /** Default: the image's own. */
  readonly command?: readonly pulumi.Input<string>[];
  /** Default: none. */
  readonly environment?: Environment;
}
