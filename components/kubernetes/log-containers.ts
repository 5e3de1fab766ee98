import type { input } from "@pulumi/kubernetes/types";
import { limited } from "./resources";
import { restrictedContainer } from "./restricted";

/** Log files that a pod's program writes. */
export interface LogFiles {
  /** Image with a shell and tail. */
  readonly image: string;
  /** Paths by the kind of the log. Each is in a volume of the pod. */
  readonly files: Readonly<Record<string, string>>;
}

/** Mount of a volume. */
export interface LogMount {
  readonly name: string;
  readonly mountPath: string;
}

/** Beginning of the name of a container that copies a log file. What comes after it is the log's kind. */
export const logContainer = "log-";

/**
 * Waits for the file, follows it also when it is rotated, and ends when it is told to, with the last lines copied: the
 * first process of a container gets no signal that it does not ask for.
 */
const follow = 'trap "sleep 1; exit 0" TERM; tail -n +1 -F "$0" 2>/dev/null & wait';

/**
 * Returns a container for each log file, which copies it to its own output: from there it is collected as every other
 * output is. They are sidecars of Kubernetes, which start before the program and end after it.
 * @param volumeMounts those of the program
 */
export const logContainers = (
  { image, files }: LogFiles,
  volumeMounts: readonly LogMount[],
): input.core.v1.Container[] =>
  Object.entries(files).map(([kind, path]) => ({
    name: `${logContainer}${kind}`,
    image,
    command: ["sh", "-c", follow, path],
    restartPolicy: "Always",
    volumeMounts: volumeMounts
      .filter(({ mountPath }) => path.startsWith(`${mountPath}/`))
      .map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })),
    // The autoscaler asks for the request of every container.
    resources: limited({ requests: { cpu: "5m", memory: "8Mi" }, limits: { memory: "64Mi" } }, []),
    securityContext: restrictedContainer,
    terminationMessagePolicy: "FallbackToLogsOnError",
  }));
