/** Keys of Secrets that containers get as files. */
import { podSpec } from "../../../../components/kubernetes/pod";
import { collectResources, settled } from "../../../support/mocks";

const ca = { secret: "login", key: "ca.crt", asFile: true } as const;
const own = { secret: "other", key: "ca.crt", asFile: true } as const;

test("each is mounted once, and a variable has its path", async () => {
  collectResources();
  const args = { namespace: "demo", image: "image", command: ["run"] };
  const spec = podSpec(
    "demo",
    {
      ...args,
      environment: { PGSSLROOTCERT: ca, NODE_EXTRA_CA_CERTS: { ...ca }, PGHOST: { secret: "login", key: "host" } },
      before: [{ ...args, environment: { PGSSLROOTCERT: own } }],
    },
    {},
    {},
  );
  await settled();
  const [main] = spec.containers as { env: unknown; volumeMounts: { name: string }[] }[];
  const [before] = spec.initContainers as { env: unknown; volumeMounts: unknown }[];
  expect(main!.env).toEqual([
    { name: "HOME", value: "/tmp" },
    { name: "NODE_EXTRA_CA_CERTS", value: "/secrets/0/ca.crt" },
    { name: "PGHOST", valueFrom: { secretKeyRef: { name: "login", key: "host", optional: undefined } } },
    { name: "PGSSLROOTCERT", value: "/secrets/0/ca.crt" },
  ]);
  expect(before!.env).toEqual([
    { name: "HOME", value: "/tmp" },
    { name: "PGSSLROOTCERT", value: "/secrets/1/ca.crt" },
  ]);
  const mounts = [0, 1].map((index) => ({ name: `secret-${index}`, mountPath: `/secrets/${index}`, readOnly: true }));
  expect(main!.volumeMounts.filter(({ name }) => name.startsWith("secret-"))).toEqual(mounts);
  expect(before!.volumeMounts).toEqual(main!.volumeMounts);
  expect((spec.volumes as { name: string }[]).filter(({ name }) => name.startsWith("secret-"))).toEqual(
    ["login", "other"].map((secretName, index) => ({
      name: `secret-${index}`,
      secret: { secretName, items: [{ key: "ca.crt", path: "ca.crt" }] },
    })),
  );
});
