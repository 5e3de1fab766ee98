/** The settings of a PostgreSQL server that exists. */
import type { CommonSettings } from "../components/system/settings";

/** Errors for an authority with which nothing is verified. */
export const externalPostgresProblems = ({ postgres }: CommonSettings): string[] =>
  postgres.engine === "external" && postgres.ca !== undefined && postgres.sslMode === "disable"
    ? ["postgres.ca is set and postgres.sslMode is disable, without TLS; remove one of them"]
    : [];
