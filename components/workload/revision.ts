/** Annotation of a Deployment with a hash of its current pod template. */
export const revisionAnnotation = "runsheet/revision";
