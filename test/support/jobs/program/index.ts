/** A task of the configuration's name, explained as the program explains its own. */
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { objectDefaults } from "../../../../components/kubernetes/defaults";
import { explainingDeadlines } from "../../../../components/kubernetes/deadlines";
import { clusterWriter } from "../../../../components/kubernetes/kubeconfig";
import { watchingStarts } from "../../../../components/kubernetes/starting-jobs";
import { Task } from "../../../../components/kubernetes/task";

const config = new pulumi.Config();
const ended = new Set<string>();
const cluster = new Provider("cluster", { context: "test", kubeconfig: "", enableServerSideApply: true });
new Task(
  config.require("task"),
  {
    ...{ namespace: "demo", image: "registry.example/program:1", command: ["true"] },
    deadlineSeconds: config.requireNumber("seconds"),
    deadlineKey: "mued:schema.deadlineSeconds",
  },
  {
    providers: [cluster],
    transformations: [objectDefaults, watchingStarts(() => clusterWriter("test"), ended), explainingDeadlines(ended)],
  },
);
