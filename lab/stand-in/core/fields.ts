/** Reads the fields of a JSON body. A missing or invalid field throws HttpError 400 that names it. */
import { HttpError } from "./http";

export type Body = Readonly<Record<string, unknown>>;

/** Returns the body as an object. */
export function readBody(body: unknown): Body {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Body;
  throw new HttpError(400, "Send a JSON object as the body.", "body");
}

/** Reads a text that is not empty, of at most 10 000 characters. */
export function text(body: Body, field: string): string {
  const value = body[field];
  if (typeof value !== "string" || value.trim() === "") throw wrong(field, "a text that is not empty");
  if (value.length > 10_000 || value.includes("\0")) throw wrong(field, "a text of at most 10000 characters");
  return value;
}

/** Reads a number from `minimum` to `maximum`, both included. */
export function number(body: Body, field: string, minimum: number, maximum: number): number {
  const value = body[field];
  if (typeof value === "number" && value >= minimum && value <= maximum) return value;
  throw wrong(field, `a number from ${minimum} to ${maximum}`);
}

export function boolean(body: Body, field: string): boolean {
  const value = body[field];
  if (typeof value === "boolean") return value;
  throw wrong(field, "true or false");
}

export function oneOf<T extends string>(body: Body, field: string, allowed: readonly T[]): T {
  const value = body[field];
  if (allowed.includes(value as T)) return value as T;
  throw wrong(field, `one of ${allowed.join(", ")}`);
}

export function uuid(body: Body, field: string): string {
  const value = body[field];
  if (typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return value;
  throw wrong(field, "a UUID");
}

/** Reads a calendar month as `YYYY-MM`. */
export function month(body: Body, field: string): string {
  const value = body[field];
  if (typeof value === "string" && /^[0-9]{4}-(0[1-9]|1[0-2])$/.test(value)) return value;
  throw wrong(field, "a month as YYYY-MM");
}

/** Reads any JSON value except null. */
export function json(body: Body, field: string): unknown {
  const value = body[field];
  if (value !== undefined && value !== null) return value;
  throw wrong(field, "a JSON value");
}

/** Reads a field that may be missing. Undefined if it is missing or null. */
export function optional<T>(body: Body, field: string, read: (body: Body, field: string) => T): T | undefined {
  return body[field] === undefined || body[field] === null ? undefined : read(body, field);
}

export function wrong(field: string, expected: string): HttpError {
  return new HttpError(400, `${field} must be ${expected}.`, field);
}
