/** Reads numbers from a request's query. An invalid one throws HttpError 400 that names it. */
import { wrong } from "../core/fields";
import type { Request } from "../core/http";

/** Reads the maximum number of rows, from 1 to 500. Default: 50. */
export const limit = (request: Request) => wholeNumber(request, "limit", 50, 500);

/** Reads the number of past hours, from 1 to 168 (a week). Default: 1. */
export const hours = (request: Request) => wholeNumber(request, "hours", 1, 168);

function wholeNumber({ query }: Request, name: string, fallback: number, maximum: number): number {
  const text = query.get(name) ?? String(fallback);
  const value = Number(text);
  if (/^[0-9]{1,6}$/.test(text) && value >= 1 && value <= maximum) return value;
  throw wrong(name, `a whole number from 1 to ${maximum}`);
}
