/** Versions of the monitoring's parts. The operator's kinds and RBAC rules are those of its pinned manifest. */
import { tagOf } from "../kubernetes/image-tag";
import type { ManifestSource } from "../platform/manifest";
import type { MonitoringSettings } from "./settings";

const operatorVersion = "0.85.0";

export const operatorManifest: ManifestSource = {
  name: `the Prometheus operator ${operatorVersion}`,
  url: `https://raw.githubusercontent.com/prometheus-operator/prometheus-operator/v${operatorVersion}/bundle.yaml`,
  sha256: "602f3a0c4f91952cfbbaedeed6542a8231134537191965275b9e2c2e05aeab72",
  wayOut: "set runsheet:monitoring.engine to existing if the cluster has the operator",
};

const versionIn = (image: string) => /^v?(\d+\.\d+\.\d+)/.exec(tagOf(image) ?? "")?.[1];

/** Version of an image, such as 2.53.3, for which the operator writes the configuration. Checked by `imageProblems`. */
export const versionOf = (image: string): string => versionIn(image)!;

/** Errors for images whose version is missing where it must be known, or differs from the operator's manifest. */
export function imageProblems(settings: MonitoringSettings): string[] {
  if (settings.engine === "existing") return [];
  const { images } = settings;
  const key = (name: keyof typeof images) => `runsheet:monitoring.images.${name}: ${images[name]}`;
  const ofOperator = (["operator", "configReloader"] as const).flatMap((name) => {
    const found = versionIn(images[name]) ?? operatorVersion;
    if (found === operatorVersion) return [];
    return [
      `${key(name)} has the version ${found}, but the operator's definitions and RBAC rules are of ${operatorVersion}; set an image of ${operatorVersion}`,
    ];
  });
  const servers = (["prometheus", "alertmanager"] as const).flatMap((name) =>
    versionIn(images[name]) === undefined
      ? [
          `${key(name)} has no version in its tag, which the operator needs; set an image such as example/${name}:v1.2.3`,
        ]
      : [],
  );
  return [...ofOperator, ...servers];
}
