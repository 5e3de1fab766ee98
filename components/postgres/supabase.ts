/** What Supabase provides in a project of its, for systems that were built on it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Role } from "./index";

/** Supabase's roles: who is not signed in, who is, and the services, whom row security lets see everything. */
export const supabaseRoles: readonly Role[] = [{ name: "anon" }, { name: "authenticated" }, { name: "service_role" }];

/** The users and auth.uid(), as a script: only for a database that is not Supabase's. */
export const supabaseBaseline = (): string => readFileSync(join(__dirname, "supabase.sql"), "utf8");
