/** Names of the tasks of changes. */
import { contentHash } from "../identity/hash";

/** Makes names of tasks, each once. */
export class ChangeIds {
  private readonly taken: Set<string>;

  /** @param reserved names that are no change's. Default: none */
  constructor(reserved: readonly string[] = []) {
    this.taken = new Set(reserved);
  }

  /**
   * Makes the name of a change's task: `plain`, or one that ends with a hash of the change's name if `plain` does not fit or
   * is another's already.
   */
  of(name: string, plain: string, fits: (plain: string) => boolean): string {
    const own = !this.taken.has(plain) && fits(plain);
    const id = own ? plain : hashed(slug(name).slice(0, idLength - 7), name);
    this.taken.add(id);
    return id;
  }
}

/** Length of a change's part of a Job's name, which has 63 characters. */
export const idLength = 32;

/** Makes lower case letters, digits and hyphens of a name. */
export const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");

/** Bounds the name of a task, whose Job adds a hash of 11 characters to it. */
export const boundedName = (name: string): string =>
  name.length <= nameLength ? name : hashed(name.slice(0, nameLength - 7), name);

const nameLength = 52;

const hashed = (begin: string, name: string) =>
  `${begin.replace(/[-.]$/, "")}-${contentHash(name).slice(0, 6)}`.replace(/^-/, "");
