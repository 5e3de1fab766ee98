/** Comparison of values of Kubernetes that may be written in several ways. */
import { amountOf } from "../components/kubernetes/quantity";

/** True if both are the same quantity, such as 2Gi and 2048Mi; or if one is absent and the other one is the default. */
export function isSameQuantity(one: unknown, other: unknown): boolean {
  if (isUnset(one) && isUnset(other)) return true;
  const [first, second] = [one, other].map(amountOf);
  return first !== undefined && first === second;
}

const isUnset = (value: unknown) => value === undefined || value === null || value === false || value === "";
