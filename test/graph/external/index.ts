/** Two systems on one external PostgreSQL server. Kubernetes objects are rendered to files. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { postgres } from "../../../components/postgres";
import { supabaseRoles } from "../../../components/postgres/supabase";

const config = new pulumi.Config();
const cluster = new kubernetes.Provider("cluster", {
  renderYamlToDirectory: config.require("directory"),
  kubeconfig: "",
});
for (const system of config.requireObject<string[]>("systems"))
  postgres(
    `${system}-postgresql`,
    {
      namespace: system,
      database: system,
      roles: [
        ...supabaseRoles,
        { name: `${system}_app`, login: true, memberOf: supabaseRoles.map(({ name }) => name) },
      ],
    },
    {
      engine: "external",
      image: "postgresql:15",
      host: config.require("host"),
      port: config.requireNumber("port"),
      adminUser: "administrator",
      adminPassword: config.requireSecret("password"),
      ...config.requireObject<{ sslMode?: "disable"; ca?: string }>("tls"),
    },
    { providers: [cluster] },
  );
