/** Pods of the namespace, as the API server has them. */
import { ask, namespace } from "../../kubernetes/in-pod/cluster-api";

/** Selects the pods of a Deployment that Runsheet made. */
export const ofDeployment = (name: string): string => `app.kubernetes.io/name=${name}`;

/** Lists the pods with these labels. */
export async function podsWith<Found>(selector: string): Promise<Found[]> {
  const query = `labelSelector=${encodeURIComponent(selector)}`;
  return (await ask<{ items: Found[] }>(`/api/v1/namespaces/${namespace()}/pods?${query}`)).items;
}
