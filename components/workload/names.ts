/** Names of a workload in the cluster, where a team has its own. */

/** The names that a team chooses. */
export interface ChosenNames {
  /** Default: the workload's. */
  readonly deployment?: string;
  /** Default: main. */
  readonly container?: string;
  /** Labels by which the Deployment finds its pods. They cannot be changed. Default: Runsheet's own label of the name. */
  readonly selector?: Readonly<Record<string, string>>;
  /** Default: the Deployment's name, the port of the process, and its name http. A port without a name has "". */
  readonly service?: { readonly name?: string; readonly port?: number; readonly portName?: string };
}

/** Names of a workload, with their defaults. */
export interface WorkloadNames {
  readonly deployment: string;
  readonly container: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly service: { readonly name: string; readonly port: number; readonly portName: string };
}

/**
 * Returns the names of a workload.
 * @param port port of the process
 */
export function namesOf(workload: string, port: number, chosen: ChosenNames): WorkloadNames {
  const { deployment = workload, container = "main", selector, service = {} } = chosen;
  return {
    deployment,
    container,
    selector: selector ?? { "app.kubernetes.io/name": deployment },
    service: { name: service.name ?? deployment, port: service.port ?? port, portName: service.portName ?? "http" },
  };
}
