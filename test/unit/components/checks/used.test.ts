import type { Check } from "../../../../components/checks";
import { checksPod } from "../../../../components/checks";
import { namedIn, usedIn } from "../../../../components/checks/used";

const variables = {
  PGPASSWORD: "of the owner",
  APPLICATION_PGPASSWORD: "of the application",
  REDIS_PASSWORD: "of Redis",
  NODE_EXTRA_CA_CERTS: "/authority/ca.crt",
  CLERK_SECRET_KEY: "of Clerk",
  HOST: "pm.example",
};

const request: Check = { name: "answers", url: "http://${HOST}/health" };
const query: Check = { name: "has rows", sql: "SELECT 1" };
const queryOfApplication: Check = { ...query, as: "application" };
const logins: Check = { name: "both answer", logins: "answer" };
const command: Check = { name: "has a key", redis: ["GET", "key"], matches: "1" };
const address: Check = { name: "listens", tcp: "${HOST}:80" };

test.each<[string, Check, string[]]>([
  ["a request", request, ["NODE_EXTRA_CA_CERTS", "HOST"]],
  ["a query", query, ["PGPASSWORD", "NODE_EXTRA_CA_CERTS"]],
  ["a query of the application", queryOfApplication, ["PGPASSWORD", "APPLICATION_PGPASSWORD", "NODE_EXTRA_CA_CERTS"]],
  ["both logins", logins, ["PGPASSWORD", "APPLICATION_PGPASSWORD", "NODE_EXTRA_CA_CERTS"]],
  ["a Redis command", command, ["REDIS_PASSWORD", "NODE_EXTRA_CA_CERTS"]],
  ["an address", address, ["HOST"]],
])("the pod of %s has the variables that it needs, and no other", (_, check, expected) => {
  expect(Object.keys(usedIn([check], variables))).toEqual(expected);
});

test("a header names its secret", () => {
  const headers = { authorization: "Bearer ${CLERK_SECRET_KEY}" };
  expect(Object.keys(usedIn([{ ...request, headers }], variables))).toContain("CLERK_SECRET_KEY");
});

test("a configured text names nothing", () => {
  expect([...namedIn([{ ...request, name: "$${CLERK_SECRET_KEY}", body: "$$$${PGPASSWORD}" }])]).toEqual(["HOST"]);
});

test("the pod has what a cleanup needs, and names what may be shown", () => {
  const { environment } = checksPod({
    ...{ namespace: "pm", image: "node", runner: [], environment: variables, checks: [query] },
    cleanup: [address],
  });
  expect(Object.keys(environment!)).toEqual(["PGPASSWORD", "NODE_EXTRA_CA_CERTS", "HOST", "CHECKS"]);
  expect(JSON.parse(environment!["CHECKS"] as string)).toMatchObject({ plain: ["HOST"] });
});

test("the role that queries act as is told only where there are queries", () => {
  const actsAs = ({ environment }: ReturnType<typeof checksPod>) =>
    (JSON.parse(environment!["CHECKS"] as string) as { actsAs?: string }).actsAs;
  const pod = { namespace: "prism", image: "node", runner: [], environment: variables, actsAs: "service_role" };
  expect(actsAs(checksPod({ ...pod, checks: [query] }))).toBe("service_role");
  expect(actsAs(checksPod({ ...pod, checks: [request] }))).toBeUndefined();
});
