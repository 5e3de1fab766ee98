/** Compares the configuration of a system's database with what the database was made with. */
import { majorOf } from "../postgres/image";
import { inAcceptedUnit, isMore } from "../kubernetes/quantity";
import type { DatabasePlan } from "./database-plan";
import type { Made } from "./made";

/** The settings that the configuration wants. */
export type Wanted = Made & Required<Pick<Made, "image" | "storage">>;

/**
 * Returns why a system's databases cannot become what is configured: each problem names its key and what to do. A
 * restore makes another database, which may have another size, and another major version if it comes from a dump.
 * @param live sizes of the database's volumes in the cluster, which somebody may have enlarged by hand. Default: not known
 */
export function unchangeable(system: string, configured: Wanted, plan: DatabasePlan, live: Made = {}): string[] {
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
      ...smaller(system, configured, before, live),
    ];
  const from = restore?.from;
  if (!before || !from || !("server" in from)) return [];
  const archived = [before, ...before.givenUp].find(({ server }) => server === from.server);
  const unreadable = (_: string, there: string) =>
    `${system}:restore: the archive ${from.server as string} is of PostgreSQL ${there}, which ${image} cannot read. Set ${system}:postgres.image to one of ${there}`;
  return archived ? otherMajor(configured, archived, unreadable) : [];
}

/** Returns the problem if the image's major version is not the one that the database was made with. */
function otherMajor({ image }: Wanted, made: Made, problem: (wanted: string, there: string) => string): string[] {
  const [wanted, there] = [majorOf(image), made.image && majorOf(made.image)];
  return !there || wanted === there ? [] : [problem(`${wanted}`, `${there}`)];
}

/** Returns a problem for each volume that would shrink or be removed. */
function smaller(system: string, configured: Wanted, made: Made, live: Made): string[] {
  return (["storage", "walStorage"] as const).flatMap((key) => {
    const wanted = configured[key];
    const largest = made[key] === undefined || isMore(live[key], made[key]) ? live[key] : made[key];
    const there = largest && inAcceptedUnit(largest);
    if (!there || (wanted && !isMore(there, wanted))) return [];
    const problem = wanted
      ? `${wanted} is less than the ${there} that the database has`
      : `is missing, and ${there} is what the database has`;
    return [
      `${system}:postgres.${key}: ${problem}, and a volume cannot shrink or go. Set ${there} or more; a database that is restored may have less`,
    ];
  });
}
