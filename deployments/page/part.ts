/** Part of a page: one element, in whose place a script puts the newer one by its id. */
export interface Part {
  readonly id: string;
  /** Content by which a change is noticed. */
  readonly key: string;
  readonly html: string;
}

/** Part that changes whenever its text does. */
export const part = (id: string, html: string): Part => ({ id, key: html, html });
