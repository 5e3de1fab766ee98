/** Sentences about drift that the formats for people share. */
import { lab } from "../lab/target";
import { findingsOf, type Author, type Drift, type DriftedField, type Finding } from "./finding";

export const words: Readonly<Record<Finding["what"], string>> = {
  changed: "changed",
  deleted: "deleted",
  undeclared: "not declared",
  failed: "failed",
};

/** First line: the stack and the result. */
export function headline(drift: Drift): string {
  const { stack, result, errors } = drift;
  if (result === "busy") return `Nothing of the stack ${stack} was compared: ${errors[0]}.`;
  const findings = findingsOf(drift);
  const counts = Object.entries(words).flatMap(([what, word]) => {
    const count = findings.filter((finding) => finding.what === what).length;
    return count > 0 ? [`${count} ${word}`] : [];
  });
  const found = counts.length > 0 ? counts.join(", ") : "none was found";
  if (result === "failed") return `Not all of the stack ${stack} could be searched for drift; ${found}.`;
  return result === "none" ? `The stack ${stack} has no drift.` : `Drift of the stack ${stack}: ${found}.`;
}

/** Field with its values, as far as they are shown: `spec.replicas: 2 -> 3`. */
export function fieldWords({ path, from, to }: DriftedField): string {
  if (from === undefined && to === undefined) return path;
  return `${path}: ${from ?? "(none)"} -> ${to ?? "(none)"}`;
}

/** Authors of a change, in words. A field that was removed keeps no owner, and nothing but Kubernetes names any. */
export function authorWords({ what, by }: Finding): string {
  if (by.length === 0) return what === "changed" ? "not recorded" : "";
  return by.map(oneAuthor).join(", ");
}

const oneAuthor = ({ manager, time }: Author) => (time === undefined ? manager : `${manager} (last change ${time})`);

/** Way to be rid of it. */
export function remedyWords({ stack }: Drift): string {
  const pulumi = pulumiOf(stack);
  return (
    `To see what an up does about it: ${pulumi} preview --refresh --stack ${stack}. ` +
    `To do it: ${pulumi} up --refresh --stack ${stack}. What is to stay belongs in the configuration or the program.`
  );
}

/** The lab's Pulumi is in a shell of its own. */
const pulumiOf = (stack: string) => (stack === lab.stack ? "npm run lab:shell -- pulumi" : "pulumi");

/** Way on beside an update that has not ended. */
export function wayOn(stack: string): string {
  const pulumi = pulumiOf(stack);
  return (
    `Wait for its end. If it was killed: ${pulumi} cancel --stack ${stack}, then ${pulumi} up --stack ${stack}. ` +
    `If what it was creating is declared no more: ${pulumi} refresh --clear-pending-creates --stack ${stack}.`
  );
}
