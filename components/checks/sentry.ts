import * as pulumi from "@pulumi/pulumi";
import { bundle } from "../kubernetes/bundle";
import type { SecretKey } from "../kubernetes/environment";
import { MountedFiles } from "../kubernetes/mounted-files";
import { Task } from "../kubernetes/task";

/** Message that is sent. The program writes it and the sender in a pod reads it. */
export interface SentryMessage {
  readonly message: string;
  readonly system: string;
  readonly release: string;
  readonly namespace: string;
  /** Time for which it is sent again while Sentry is away, in seconds. */
  readonly withinSeconds: number;
}

export interface SentryTestArgs {
  readonly namespace: pulumi.Input<string>;
  /** Stock Node.js image. */
  readonly image: string;
  readonly dsn: SecretKey;
  readonly message: Omit<SentryMessage, "namespace">;
  /** Values that make the message due again when one of them changes. */
  readonly trigger: readonly pulumi.Input<string>[];
}

/** Message to a project of Sentry, which must take it. Errors name the host of the DSN, and not its key. */
export class SentryTest extends pulumi.ComponentResource {
  constructor(name: string, args: SentryTestArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:SentryTest", name, {}, opts);
    const { namespace, image, dsn, message, trigger } = args;
    const program = { "sentry.cjs": bundle("components/checks/in-pod/sentry.ts") };
    new Task(
      name,
      {
        ...{ namespace, image, trigger },
        command: ["node", "/runsheet/sentry.cjs"],
        files: MountedFiles.pinned(`${name}-files`, namespace, program, { parent: this }),
        environment: { SENTRY_DSN: dsn, MESSAGE: pulumi.jsonStringify({ ...message, namespace }) },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
