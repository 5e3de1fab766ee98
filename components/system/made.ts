/** What a database was made with that a changed setting cannot change, or not in every direction. */
import { majorOf } from "../postgres/image";
import { mebibytes } from "../kubernetes/quantity";
import type { DatabasePlan } from "./database-plan";

/** As an `up` leaves it in the stack's outputs. What an `up` of before this was recorded left is not compared. */
export interface Made {
  /** PostgreSQL's image. */
  readonly image?: string;
  /** Size of each server's volume. */
  readonly storage?: string;
  /** Size of each server's volume for the log. Default: it has none. */
  readonly walStorage?: string;
}

/** What is configured for one. */
export type Configured = Made & Required<Pick<Made, "image" | "storage">>;

/** These parts of a larger record. */
export const madeOf = ({ image, storage, walStorage }: Made): Made => ({ image, storage, walStorage });

/**
 * Why the databases of a system cannot become what is configured, each with its key and the way out. Another database, which a
 * restore makes, may have another size; and another major version if it comes from a dump.
 */
export function unchangeable(system: string, configured: Configured, plan: DatabasePlan): string[] {
  const { name, restore, before } = plan;
  const { image } = configured;
  if (name === before?.live)
    return [
      ...otherMajor(
        configured,
        before,
        (wanted, there) =>
          `${system}:postgres.image: ${image} is PostgreSQL ${wanted}, and the database ${name} is of ${there}: another image does not convert it. ` +
          `Set an image of ${there}; to go to ${wanted}, restore a dump with the new image (docs/recovery.md, "Another major version")`,
      ),
      ...smaller(system, configured, before),
    ];
  const from = restore?.from;
  if (!before || !from || !("server" in from)) return [];
  const archived = [before, ...before.givenUp].find(({ server }) => server === from.server);
  const unreadable = (_: string, there: string) =>
    `${system}:restore: the archive ${from.server as string} is of PostgreSQL ${there}, which ${image} cannot read. Set ${system}:postgres.image to one of ${there}`;
  return archived ? otherMajor(configured, archived, unreadable) : [];
}

/** What is wrong if the image is of another major version than this was made with. */
function otherMajor({ image }: Configured, made: Made, problem: (wanted: string, there: string) => string): string[] {
  const [wanted, there] = [majorOf(image), made.image && majorOf(made.image)];
  return !there || wanted === there ? [] : [problem(`${wanted}`, `${there}`)];
}

function smaller(system: string, configured: Configured, made: Made): string[] {
  return (["storage", "walStorage"] as const).flatMap((key) => {
    const [wanted, there] = [configured[key], made[key]];
    if (!there || (wanted && mebibytes(wanted) >= mebibytes(there))) return [];
    const problem = wanted
      ? `${wanted} is less than the ${there} that the database has`
      : `is missing, and ${there} is what the database has`;
    return [
      `${system}:postgres.${key}: ${problem}, and a volume cannot shrink or go. Set ${there} or more; a database that is restored may have less`,
    ];
  });
}
