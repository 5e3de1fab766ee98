import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "./environment";

/** Program that a container runs. */
export interface ContainerArgs {
  readonly image: string;
  /** Default: the image's command. */
  readonly command?: readonly pulumi.Input<string>[];
  /**
   * True if Kubernetes replaces `$(NAME)` in the command by the variable, as it is documented of commands in the configuration.
   * Default: false. The program gets the command as it is.
   */
  readonly replacesVariables?: boolean;
  /** Default: none. */
  readonly environment?: Environment;
}
