/** Annotations of a Deployment with which the watch keeps its results. */

/** Release that last passed the watch. */
export const watchedAnnotation = "runsheet/watched";

/** Value of that annotation. */
export interface Watched {
  readonly release: string;
  /** Revision of the pods. */
  readonly revision: string;
  /** Identifies the schema that the release was watched with. */
  readonly schema: string;
}

/** Release that the watch has taken back. It is removed when a release passes. */
export const takenBackAnnotation = "runsheet/taken-back";

/** Value of that annotation. */
export interface TakenBack {
  readonly release: string;
  /** Time in UTC. */
  readonly at: string;
}
