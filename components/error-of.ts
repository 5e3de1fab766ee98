import * as pulumi from "@pulumi/pulumi";

/** Resolves once it is decided: with undefined when the resource is there, else with what it, or one that it waits for, failed with. */
export function errorOf(resource: pulumi.Resource): Promise<Error | undefined> {
  const error = pulumi.recover<Error | undefined>(
    resource.urn.apply(() => undefined),
    (error: Error) => error,
  );
  return new Promise((resolve) => error.apply(resolve));
}
