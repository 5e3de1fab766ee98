import type * as pulumi from "@pulumi/pulumi";

/** A bucket of S3, or of what speaks S3, for backups. It is there before the stack, and stays when the stack is destroyed. */
export interface ObjectStore {
  readonly bucket: string;
  /** What the names of everything that the stack keeps in it begin with. */
  readonly prefix: string;
  /** The URL of what speaks S3. Default: AWS's own. */
  readonly endpoint?: string;
  readonly region: string;
  /** Default: what the pods' identity at AWS gives them. */
  readonly keys?: { readonly accessKeyId: pulumi.Input<string>; readonly secretAccessKey: pulumi.Input<string> };
}
