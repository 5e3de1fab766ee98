import { servicesOf } from "../../../lab/cluster/webhooks";

test("each service behind a webhook is asked once, at its port", () => {
  const operator = { namespace: "cnpg-system", name: "cnpg-webhook-service" };
  const other = { namespace: "other", name: "webhook", port: 8443 };
  const configurations = [
    { items: [{ webhooks: [{ clientConfig: { service: operator } }, { clientConfig: { service: operator } }] }] },
    { items: [{ webhooks: [{ clientConfig: { service: { ...operator, port: 443 } } }, { clientConfig: {} }] }, {}] },
    { items: [{ webhooks: [{ clientConfig: { service: other } }] }] },
  ];
  expect(servicesOf(configurations)).toEqual([{ ...operator, port: 443 }, other]);
});
