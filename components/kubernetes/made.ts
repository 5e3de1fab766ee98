/** Tells the objects that Runsheet has made from those of other tools. */

/** Annotations of every object of a stack, which `objectDefaults` sets. */
export const madeAnnotations = {
  "pulumi.com/patchForce": "true",
  "pulumi.com/deletionPropagationPolicy": "background",
} as const;

/** Metadata of an object that is used here. */
export interface MadeMetadata {
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Tells whether Runsheet has made an object. */
export const isMade = ({ annotations = {} }: MadeMetadata): boolean =>
  Object.keys(madeAnnotations).every((annotation) => annotation in annotations);
