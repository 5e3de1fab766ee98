/** Keys of the namespace `runsheet:`. Their descriptions are the source of docs/configuration.md. */
import { z } from "zod";
import { defaultImages } from "../components/kubernetes/default-images";
import { backupsSettings } from "../components/system/backups";
import { monitoringSettings } from "../components/monitoring/settings";
import { stackRegistries } from "../components/system/private-images";
import { image, postgresqlImage } from "../components/system/setting-values";
import { names } from "../systems";
import { drillsSettings } from "./drills";
import { prometheusSettings } from "./prometheus";

/** The images that Runsheet itself runs. */
export const images = z.strictObject({
  postgresql: postgresqlImage
    .default(defaultImages.postgresql)
    .describe("PostgreSQL of CloudNativePG's kind, with psql and pg_dump."),
  redis: image.default(defaultImages.redis).describe("Redis."),
  node: image.default(defaultImages.node).describe("Node.js, which runs the checks and the dumps."),
  sqitch: image.default(defaultImages.sqitch).describe("Sqitch with psql, which runs the migrations."),
  cloudnativepgOperator: image
    .default(defaultImages.cloudnativepgOperator)
    .describe("CloudNativePG. A version in the tag must be the one that Runsheet installs."),
  barmanPlugin: image
    .default(defaultImages.barmanPlugin)
    .describe("The Barman Cloud plugin. A version in the tag must be the one that Runsheet installs."),
  barmanSidecar: image
    .default(defaultImages.barmanSidecar)
    .describe("The plugin's sidecar. A version in the tag must be the one that Runsheet installs."),
});

/** The length that is left for a prefix of the longest of them in a namespace's name of at most 63 characters. */
const prefixLength = 63 - Math.max(...names.map(({ length }) => length));

/** The keys of the namespace `runsheet:` that are not secret. */
export const runsheetSettings = z.strictObject({
  context: z
    .string()
    .min(1)
    .meta({
      description: "Context of the kubeconfig to deploy to. The current context is never used.",
      examples: ["prod-eu"],
    }),
  cluster: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "UID of the cluster to deploy to, which is the UID of its namespace kube-system. Set it to move the stack " +
        "to another cluster. Default: the cluster of the first `up`.",
      examples: ["6d0c0f6e-8f0f-4c53-9d39-0c6f5c7b1f0a"],
    }),
  namespacePrefix: z
    .string()
    .regex(
      new RegExp(`^([a-z0-9][a-z0-9-]{0,${prefixLength - 1}})?$`),
      `must be the beginning of a namespace's name, such as staging-: at most ${prefixLength} of a-z, 0-9 and -, and no - at first`,
    )
    .default("")
    .meta({
      description:
        "Prefix of the names of the systems' namespaces, for stacks that share a cluster. It cannot be changed " +
        "once the stack is up.",
      examples: ["staging-"],
    }),
  takeOver: z
    .array(z.string().min(1))
    .default([])
    .meta({
      description: "Namespaces of other stacks, or without an owner, to take over with everything in them.",
      examples: [["staging-prism"]],
    }),
  images: images.prefault({}).meta({
    description: "Images that Runsheet itself runs, for registries of your own.",
    examples: [{ redis: "registry.example/redis:8.2.1" }],
  }),
  registries: stackRegistries,
  backups: backupsSettings.optional().meta({
    description:
      "Backups of the databases in a bucket. Default: no backups; dumps are taken before migrations only, and " +
      "stay on a volume of the cluster.",
    examples: [{ bucket: "example-backups", region: "eu-west-1" }],
  }),
  prometheus: prometheusSettings.optional().meta({
    description:
      "Prometheus that is asked after each rollout whether the release is good (`SYSTEM:watch`). Default: none, and no " +
      "release is watched.",
    examples: [{ url: "http://prometheus-operated.monitoring:9090" }],
  }),
  monitoring: monitoringSettings.optional(),
  drills: drillsSettings.prefault({}).meta({
    description:
      "Objectives of the drills, and how often they are due. Nothing in the cluster depends on them: `npm run drill` " +
      "reads them.",
    examples: [
      {
        objectives: { prism: { rto: "15m", rpo: "5m", scenarios: { failover: { rto: "20s", rpo: "0s" } } } },
        every: { "point-in-time": 30, "lost-cluster": 90 },
      },
    ],
  }),
  passwordGeneration: z
    .int()
    .min(1)
    .optional()
    .meta({
      description:
        "Generation of the passwords that the stack makes. Another number gives every one a new value, and starts " +
        "everything again that uses one: see `docs/recovery.md#rotate-all-passwords`. Default: none; each keeps its value.",
      examples: [2],
    }),
  platform: z
    .strictObject({
      install: z.boolean().default(true).describe("Whether to install CloudNativePG and its Barman Cloud plugin."),
      admissionPolicies: z
        .boolean()
        .optional()
        .describe(
          "Whether to limit what the accounts of Jobs may create and change, by a ValidatingAdmissionPolicy for each. " +
            "These are objects of the whole cluster, which whoever runs `up` must be allowed to make. " +
            "Default: the value of `install`.",
        ),
    })
    .prefault({})
    .describe("The operators that the databases need."),
  protect: z
    .boolean()
    .default(true)
    .describe(
      "Whether everything that holds data can be deleted only after `pulumi state unprotect`. This covers " +
        "namespaces, PostgreSQL, Redis, dumps, and the operators' custom resource definitions.",
    ),
  systems: z
    .array(z.enum(names, { error: `must be one of ${names.join(", ")}` }))
    .min(1)
    .default(names)
    .meta({
      description:
        "Systems to deploy. A system that is removed from the list is deleted, as far as `protect` permits; its " +
        "outputs remain until its namespace is deleted.",
      examples: [["prism", "omniops"]],
    }),
});
