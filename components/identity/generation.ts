import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/**
 * Returns a text that is new whenever one of the values changes, also back to an earlier value.
 *
 * As the trigger of a Task it makes going back run the Task again, also if the change failed and left its Tasks behind.
 */
export function changeId(
  name: string,
  values: Readonly<Record<string, pulumi.Input<string>>>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  return new random.RandomId(name, { byteLength: 4, keepers: { ...values } }, opts).hex;
}
