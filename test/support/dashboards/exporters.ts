/** All samples, and the names of the metrics in them. */
import { applications } from "./applications";
import { clusterExporters } from "./cluster-exporters";
import { databaseExporters } from "./database-exporters";
import type { Exporter } from "./sample";

export const exporters: readonly Exporter[] = [...applications, ...databaseExporters, ...clusterExporters];

/** Names of the metrics of an exporter. */
export const namesOf = ({ series }: Exporter): ReadonlySet<string> => new Set(series.map(({ name }) => name));
