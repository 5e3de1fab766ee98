/** Resources as a refresh tells them. */
import type { FieldOwner, Fields } from "../../../components/kubernetes/field-owners";
import type { Change } from "../../../engine/change";

/** Owner of fields. */
export const owner = (manager: string, fieldsV1: Fields, more: Partial<FieldOwner> = {}): FieldOwner => ({
  ...{ manager, operation: "Update", apiVersion: "v1", fieldsType: "FieldsV1", fieldsV1 },
  ...more,
});

export const provider = (fieldsV1: Fields) => owner("pulumi-kubernetes-1a2b", fieldsV1, { operation: "Apply" });

interface Told extends Partial<Change> {
  /** Differing paths. Default: none. An object with some is an update. */
  readonly paths?: readonly string[];
  /** Outputs before and after, beside the metadata. */
  readonly from?: object;
  readonly to?: object;
  readonly namespace?: string;
  readonly owners?: readonly FieldOwner[];
}

/** Resource of the system demo. */
export function change({ paths = [], from = {}, to = from, namespace = "demo", owners, ...told }: Told): Change {
  const { type = "kubernetes:apps/v1:Deployment", name = "demo-api" } = told;
  const [kind] = type.split(":").slice(-1);
  const metadata = { name, ...(namespace !== "" && { namespace }), managedFields: owners };
  const operation = told.operation ?? (paths.length > 0 ? "update" : "same");
  return {
    ...{ urn: `urn:pulumi:test::runsheet::${type}::${name}`, type, name, custom: true },
    ...{ component: "demo", system: "demo", step: "backend" },
    fields: paths.map((path) => ({ path, replaces: false })),
    before: { inputs: {}, outputs: { kind, metadata, ...from } },
    ...(operation !== "delete" && { after: { inputs: {}, outputs: { kind, metadata, ...to } } }),
    ...told,
    operation,
  };
}
