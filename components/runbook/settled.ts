import * as pulumi from "@pulumi/pulumi";

/** Resolves to undefined if the resource was created, else to its own or a dependency's error. */
export function errorOf(resource: pulumi.Resource): Promise<Error | undefined> {
  // The resolved value is no resource: the SDK would wait for the outputs in it.
  return new Promise((resolve) => {
    const there = resource.urn.apply(() => resolve(undefined));
    pulumi.recover(there, (error: Error) => resolve(error));
  });
}
