/** Namespaces of ingress controllers: a default that does not exist would keep all users out. */
import { refuseAbsentControllers } from "../../../stack/ingress-controllers";
import { emptyCluster, readerOf, uid } from "../../support/cluster-reader";

const ingress = { host: "mued.example", className: "traefik", annotations: {} };
const { "/api/v1/namespaces/traefik": _, ...withoutTraefik } = emptyCluster;

const refused = (
  settings: { readonly ingress?: typeof ingress & { readonly controllerNamespace?: string } },
  create = true,
  objects: object = withoutTraefik,
) =>
  refuseAbsentControllers({ uid, read: readerOf({ ...objects }) }, [
    { system: { name: "mued" }, settings: { ...settings, namespace: { name: undefined, create } } },
  ]).then(
    () => undefined,
    (error: Error) => error.message,
  );

test("the default namespace has to be there", async () => {
  expect(await refused({ ingress })).toBe(
    "users would be kept out; nothing was changed:\n  - the namespace traefik does not exist, and only from there users " +
      "reach mued: set mued:ingress.controllerNamespace to that of the ingress controller, such as kube-system in k3s",
  );
  expect(await refused({ ingress }, true, emptyCluster)).toBeUndefined();
});

test("a named one is taken as it is, and without policies none is needed", async () => {
  expect(await refused({ ingress: { ...ingress, controllerNamespace: "kube-system" } })).toBeUndefined();
  expect(await refused({ ingress }, false)).toBeUndefined();
  expect(await refused({})).toBeUndefined();
});
