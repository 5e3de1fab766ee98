/** Numbers in a request's query. What is wrong is an HttpError 400 that names the field. */
import { wrong } from "../core/fields";
import type { Request } from "../core/http";

/** How many rows are wanted. */
export const limit = (request: Request) => wholeNumber(request, "limit", 50, 500);

/** How many hours back are looked at; a week at most. */
export const hours = (request: Request) => wholeNumber(request, "hours", 1, 168);

function wholeNumber({ query }: Request, name: string, fallback: number, maximum: number): number {
  const text = query.get(name) ?? String(fallback);
  const value = Number(text);
  if (/^[0-9]{1,6}$/.test(text) && value >= 1 && value <= maximum) return value;
  throw wrong(name, `a whole number from 1 to ${maximum}`);
}
