/** Images of the team's own, which must be there before anything is changed. */
import { imageOf } from "../kubernetes/image-tag";
import { PulledImages } from "../kubernetes/pulled-images";
import type { Step } from "../runbook";
import { isCommand } from "./check-settings";
import type { Foundation } from "./foundation";
import { pullSecretsOf } from "./private-images";
import { isStandIn, type CommonSettings } from "./settings";

/**
 * Lets a node pull the images of the application and of the configuration's commands. Does nothing if there are none, as
 * with the stand-in.
 * @param more further images of the application
 */
export function pullImages(foundation: Foundation, more: readonly string[], step: Step): void {
  const { description, args, namespace, triggers } = foundation;
  const { settings } = args;
  const key = description.name;
  const logins = [`${key}:registries`, ...(args.registries ? ["runsheet:registries"] : [])].join(" or ");
  const images = [...new Set([...imagesOf(settings), ...more])];
  if (images.length === 0) return;
  new PulledImages(
    `${key}-images`,
    {
      ...{ namespace, image: args.images.node, images, ...placeOf(settings), trigger: triggers.deployment },
      imagePullSecrets: pullSecretsOf(key, args, images),
      admissionPolicies: args.admissionPolicies,
      hint: `Push the image, or correct the key that names it, or the login at its registry: ${logins}.`,
    },
    { parent: step },
  );
}

function imagesOf(settings: CommonSettings): string[] {
  const { application, release, migrations, backup, checks } = settings;
  const ofApplication = isStandIn(settings)
    ? []
    : Object.values<unknown>(application).map((image) => imageOf(String(image), release));
  return [
    ...ofApplication,
    ...(migrations && "command" in migrations ? [migrations.image] : []),
    ...(backup ? [backup.command.image] : []),
    ...Object.values(checks)
      .filter(isCommand)
      .map(({ image }) => image),
  ];
}

/** Nodes that every workload may run on: an image may be for their architecture only. */
function placeOf({ workloads }: CommonSettings) {
  const all = Object.values(workloads);
  const labels = Object.entries(all[0]?.nodeSelector ?? {}).filter(([name, value]) =>
    all.every(({ nodeSelector }) => nodeSelector[name] === value),
  );
  const tolerations = all.flatMap((workload) => workload.tolerations);
  return {
    ...(labels.length > 0 && { nodeSelector: Object.fromEntries(labels) }),
    ...(tolerations.length > 0 && { tolerations }),
  };
}
