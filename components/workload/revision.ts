/** Annotation of a Deployment: a hash of the pods that it was last given. */
export const revisionAnnotation = "runsheet/revision";
