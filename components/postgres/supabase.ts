/** Objects that Supabase provides in its projects, for systems that were built on it. */
import { join } from "node:path";
import { readText } from "../identity/text-file";
import type { Role } from "./index";

/** Role of Supabase's services. */
export const serviceRole = "service_role";

/** Roles of Supabase: anonymous users, authenticated users, and services, which bypass row-level security. */
export const supabaseRoles: readonly Role[] = ["anon", "authenticated", serviceRole].map((name) => ({
  name,
  shared: true,
}));

/** Returns a script that creates the users and auth.uid(), for a database that is not Supabase's. */
export const supabaseBaseline = (): string => readText(join(__dirname, "supabase.sql"));
