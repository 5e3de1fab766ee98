/** What a database was made with that a changed setting cannot change, or not in every direction. */
import { majorOf } from "../postgres/image";
import type { DatabasePlan } from "./restore";

/** As an `up` leaves it in the stack's outputs. What an `up` of before this was recorded left is not compared. */
export interface Made {
  /** PostgreSQL's image. */
  readonly image?: string;
  /** Size of each server's volume. */
  readonly storage?: string;
}

/** These parts of a larger record. */
export const madeOf = ({ image, storage }: Made): Made => ({ image, storage });

/** A size such as 10Gi, in Mi. */
export function mebibytes(size: string): number {
  const [, count, unit] = /^(\d+)(Mi|Gi|Ti)$/.exec(size) ?? [];
  return Number(count) * { Mi: 1, Gi: 1024, Ti: 1024 ** 2 }[unit as "Mi" | "Gi" | "Ti"];
}

/**
 * Why the databases of a system cannot become what is configured, each with its key and the way out. Another database, which a
 * restore makes, may have another size; and another major version if it comes from a dump.
 */
export function unchangeable(system: string, configured: Required<Made>, plan: DatabasePlan): string[] {
  const { name, restore, before } = plan;
  if (name === before?.live)
    return [...otherMajor(system, configured, name, before), ...smaller(system, configured, before)];
  const from = restore?.from;
  if (!before || !from || !("server" in from)) return [];
  const archived = [before, ...before.givenUp].find(({ server }) => server === from.server);
  return archived ? otherArchive(system, configured, from.server as string, archived) : [];
}

function otherMajor(system: string, { image }: Required<Made>, database: string, made: Made): string[] {
  const [wanted, there] = [majorOf(image), made.image && majorOf(made.image)];
  if (!there || wanted === there) return [];
  return [
    `${system}:postgres.image: ${image} is PostgreSQL ${wanted}, and the database ${database} is of ${there}: another image does not convert it. ` +
      `Set an image of ${there}; to go to ${wanted}, restore a dump with the new image (docs/configuration.md, "Another major version")`,
  ];
}

function otherArchive(system: string, { image }: Required<Made>, server: string, made: Made): string[] {
  const [wanted, there] = [majorOf(image), made.image && majorOf(made.image)];
  if (!there || wanted === there) return [];
  return [
    `${system}:restore: the archive ${server} is of PostgreSQL ${there}, which ${image} cannot read. Set ${system}:postgres.image to one of ${there}`,
  ];
}

function smaller(system: string, { storage }: Required<Made>, made: Made): string[] {
  if (!made.storage || mebibytes(storage) >= mebibytes(made.storage)) return [];
  return [
    `${system}:postgres.storage: ${storage} is less than the ${made.storage} that the database has, and a volume cannot shrink. ` +
      `Set ${made.storage} or more; a database that is restored may have less`,
  ];
}
