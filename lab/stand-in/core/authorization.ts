/** Bearer tokens. */
import { createHash, timingSafeEqual } from "node:crypto";
import { HttpError, type Request } from "./http";

/**
 * Accepts a request that carries `Authorization: Bearer <token>`. Throws HttpError 401 otherwise, and always if `token`
 * is undefined. `name` is the environment variable that holds the token, for the error.
 */
export function requireBearer(request: Request, name: string, token: string | undefined): void {
  const given = bearerToken(request);
  if (token && given && same(given, token)) return;
  const cause = token
    ? `Send Authorization: Bearer with the value of ${name}.`
    : `${name} is not set here, so nobody is let in.`;
  throw new HttpError(401, cause, undefined, { "www-authenticate": "Bearer" });
}

/** Returns the token of `Authorization: Bearer <token>`. Undefined if the request has none. */
export const bearerToken = ({ headers }: Request) => /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];

/** Compares in constant time, so that the duration does not reveal how much of the token is right. */
export function same(given: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
