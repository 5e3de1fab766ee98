import { givenTo, type FieldOwner, type Fields } from "../../../../components/kubernetes/field-owners";

const owner = (manager: string, fieldsV1: Fields, more: Partial<FieldOwner> = {}): FieldOwner => ({
  ...{ manager, operation: "Update", apiVersion: "apps/v1", fieldsType: "FieldsV1", fieldsV1 },
  ...more,
});
const container = 'k:{"name":"omniops"}';
const controller = owner("kube-controller-manager", { "f:status": {} }, { subresource: "status" });
const applied = owner("kubectl-client-side-apply", { "f:spec": { "f:replicas": {}, [container]: { "f:image": {} } } });
const edited = owner("kubectl-edit", { "f:spec": { [container]: { "f:env": {} } }, "f:metadata": {} });
const given = (fieldsV1: Fields) => owner("new", fieldsV1, { operation: "Apply" });

test("the fields of all who write manifests get one owner, the controller's do not", () =>
  expect(givenTo("new", [applied, controller, edited], "apps/v1")).toEqual([
    controller,
    given({ "f:spec": { "f:replicas": {}, [container]: { "f:image": {}, "f:env": {} } }, "f:metadata": {} }),
  ]));

test("a number of replicas that was set by hand is among them", () => {
  const scaled = owner("kubectl", { "f:spec": { "f:replicas": {} } }, { subresource: "scale" });
  expect(givenTo("new", [scaled], "apps/v1")).toEqual([given({ "f:spec": { "f:replicas": {} } })]);
});

test("a field that keeps its value has no owner", () => {
  const kept = givenTo("new", [applied], "apps/v1", { kept: [["spec", "replicas"]] });
  expect(kept).toEqual([given({ "f:spec": { [container]: { "f:image": {} } } })]);
  expect(givenTo("new", [edited], "apps/v1", { kept: [["spec", "replicas"]] })).toEqual([given(edited.fieldsV1!)]);
});
