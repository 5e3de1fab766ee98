/** Bearer tokens. */
import { createHash, timingSafeEqual } from "node:crypto";
import { HttpError, type Request } from "./http";

/**
 * Lets the request pass when it carries `Authorization: Bearer <token>`. Throws HttpError 401 otherwise, and always when
 * there is no token to compare with. `name` is the environment variable that holds the token, for the error.
 */
export function requireBearer(request: Request, name: string, token: string | undefined): void {
  const given = bearerToken(request);
  if (token && given && same(given, token)) return;
  const cause = token
    ? `Send Authorization: Bearer with the value of ${name}.`
    : `${name} is not set here, so nobody is let in.`;
  throw new HttpError(401, cause, undefined, { "www-authenticate": "Bearer" });
}

/** What the request carries as `Authorization: Bearer <token>`. */
export const bearerToken = ({ headers }: Request) => /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];

/** Compares in a time that tells nothing about how much of the token is right. */
export function same(given: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
