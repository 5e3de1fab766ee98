/**
 * Routes of the runbook's "User Tax Profile Detection".
 *
 * - PUT /api/users/:id/tax-profile {profileType, isVatRegistered?, annualTurnover?, signals?, confidence} -> 200 with
 *   the profile. profileType is employee, freelancer, sole_proprietor, company or mixed.
 * - GET /api/users/:id/tax-profile -> 200 {userId, profileType, isVatRegistered, annualTurnover, signals, confidence,
 *   detectedAt, confirmedAt, updatedAt}; 404.
 * - POST /api/users/:id/tax-profile/corrections {field, correctedValue} -> 201 {id, field, detectedValue,
 *   correctedValue}. field is profileType, isVatRegistered or annualTurnover. The detected value is kept in
 *   profile_corrections. The profile gets the user's value and counts as confirmed.
 */
import { Refused, type Database, type Query } from "../core/database";
import { boolean, number, oneOf, optional, readBody, uuid, wrong, type Body } from "../core/fields";
import { HttpError, type Answer, type Request, type Route } from "../core/http";

const profile = `user_id AS "userId", profile_type AS "profileType", is_vat_registered AS "isVatRegistered",
  annual_turnover::float8 AS "annualTurnover", signals, ai_confidence::float8 AS confidence,
  detected_at AS "detectedAt", confirmed_at AS "confirmedAt", updated_at AS "updatedAt"`;

/** Statement that replaces an earlier detection and clears its confirmation. */
const upsert = `INSERT INTO user_tax_profiles
    (user_id, profile_type, is_vat_registered, annual_turnover, signals, ai_confidence)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (user_id) DO UPDATE SET profile_type = excluded.profile_type,
    is_vat_registered = excluded.is_vat_registered, annual_turnover = excluded.annual_turnover,
    signals = excluded.signals, ai_confidence = excluded.ai_confidence, detected_at = now(), confirmed_at = NULL,
    updated_at = now()
  RETURNING ${profile}`;

const insertCorrection = `INSERT INTO profile_corrections (user_id, field_name, detected_value, corrected_value)
  VALUES ($1, $2, $3, $4) RETURNING id`;

const largestTurnover = 1e15;

/** Fields that a user can correct: column, and function that reads the value. */
const correctable = {
  profileType: { column: "profile_type", read: profileType },
  isVatRegistered: { column: "is_vat_registered", read: boolean },
  annualTurnover: { column: "annual_turnover", read: turnover },
} as const;

export function taxProfileRoutes(database: Database): Route[] {
  async function put(request: Request): Promise<Answer> {
    const values = [uuid(request.params, "id"), ...readProfile(readBody(request.body))];
    const [row] = await database.query(upsert, values).catch((error: unknown) => {
      throw error instanceof Refused ? error.naming({ user_tax_profiles_user_id_fkey: "id" }) : error;
    });
    return { status: 200, body: row };
  }

  async function get(request: Request): Promise<Answer> {
    const userId = uuid(request.params, "id");
    return { status: 200, body: await find(database.as(userId).query, userId) };
  }

  async function correct(request: Request): Promise<Answer> {
    const userId = uuid(request.params, "id");
    const body = readBody(request.body);
    const field = oneOf(body, "field", Object.keys(correctable) as (keyof typeof correctable)[]);
    const { column, read } = correctable[field];
    const correctedValue = read(body, "correctedValue");
    const correction = await database.transaction(async (query) => {
      const detectedValue = (await find(query, userId, "FOR UPDATE"))[field];
      if (detectedValue === correctedValue)
        throw wrong("correctedValue", `another than the detected ${correctedValue}`);
      const detected = detectedValue === null ? null : String(detectedValue);
      const [row] = await query<{ id: string }>(insertCorrection, [userId, field, detected, String(correctedValue)]);
      const update = `UPDATE user_tax_profiles SET ${column} = $2, confirmed_at = now(), updated_at = now()`;
      await query(`${update} WHERE user_id = $1`, [userId, correctedValue]);
      return { id: row?.id, field, detectedValue, correctedValue };
    });
    return { status: 201, body: correction };
  }

  const path = "/api/users/:id/tax-profile";
  return [
    { method: "PUT", path, handle: put },
    { method: "GET", path, handle: get },
    { method: "POST", path: `${path}/corrections`, handle: correct },
  ];
}

/** Fields of a profile that a user can correct. The others are only passed on. */
interface Profile {
  profileType: string;
  isVatRegistered: boolean;
  annualTurnover: number | null;
}

async function find(query: Query, userId: string, lock = ""): Promise<Profile> {
  const [row] = await query<Profile>(`SELECT ${profile} FROM user_tax_profiles WHERE user_id = $1 ${lock}`, [userId]);
  if (!row) throw new HttpError(404, "There is no tax profile of this user.");
  return row;
}

function readProfile(body: Body): unknown[] {
  return [
    profileType(body, "profileType"),
    optional(body, "isVatRegistered", boolean) ?? false,
    optional(body, "annualTurnover", turnover),
    JSON.stringify(optional(body, "signals", object) ?? {}),
    number(body, "confidence", 0, 1),
  ];
}

function profileType(body: Body, field: string) {
  return oneOf(body, field, ["employee", "freelancer", "sole_proprietor", "company", "mixed"]);
}

function turnover(body: Body, field: string): number {
  return number(body, field, 0, largestTurnover);
}

function object(body: Body, field: string): object {
  const value = body[field];
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw wrong(field, "a JSON object");
}
