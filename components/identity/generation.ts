import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/**
 * Text that is new whenever one of the values changes, to an earlier one as well. As the trigger of a Task it makes sure
 * that going there and back is done and tested again, also when the way there failed and left its Tasks behind.
 */
export function changeId(
  name: string,
  values: Readonly<Record<string, pulumi.Input<string>>>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  return new random.RandomId(name, { byteLength: 4, keepers: { ...values } }, opts).hex;
}
