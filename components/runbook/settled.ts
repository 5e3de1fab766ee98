import * as pulumi from "@pulumi/pulumi";

/** Resolves once it is decided: with undefined when the resource is there, else with what it, or one that it waits for, failed with. */
export function errorOf(resource: pulumi.Resource): Promise<Error | undefined> {
  // No output's value becomes the error: the SDK would look for outputs in it, and wait for them.
  return new Promise((resolve) => {
    const there = resource.urn.apply(() => resolve(undefined));
    pulumi.recover(there, (error: Error) => resolve(error));
  });
}
