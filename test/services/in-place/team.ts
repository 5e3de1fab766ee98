/** Supabase project of a team: tables that refer to the platform's, and what of the platform's refers to the team's. */
import { SupabasePostgres, type SupabaseOptions } from "../supabase";

/** SQL that the team ran as its login. */
const schema = `
  CREATE TABLE profiles (id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE, nick extensions.citext);
  CREATE TABLE posts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author uuid NOT NULL REFERENCES profiles ON DELETE CASCADE, reviewer uuid REFERENCES auth.users ON DELETE SET NULL, body text);
  CREATE INDEX posts_author ON posts (author);
  CREATE TABLE secrets (word text);
  REVOKE ALL ON secrets FROM anon, authenticated;
  ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON profiles TO authenticated USING (id = auth.uid());
  CREATE VIEW latest AS SELECT * FROM posts ORDER BY id DESC;
  CREATE FUNCTION handle_new_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN INSERT INTO public.profiles (id, nick) VALUES (NEW.id, NEW.email); RETURN NEW; END $$;
  CREATE TRIGGER on_auth_user_created AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION handle_new_user();
  ALTER PUBLICATION supabase_realtime ADD TABLE posts;
  CREATE SCHEMA supabase_migrations;
  CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text[], name text);
  INSERT INTO supabase_migrations.schema_migrations VALUES ('20261101000000', '{}', 'posts');
  INSERT INTO auth.users (id, email) SELECT gen_random_uuid(), n || '@example.org' FROM generate_series(1, 10) AS n;
  INSERT INTO posts (author, reviewer, body) SELECT id, id, 'as dumped' FROM profiles, generate_series(1, 3);
  INSERT INTO secrets VALUES ('sesame');
`;

/** Policy of the team on a table of the platform. Hosted, the team may create it although it does not own the table. */
const storagePolicy = `
  CREATE POLICY own_files ON storage.objects FOR SELECT TO authenticated
    USING (EXISTS (SELECT FROM public.profiles WHERE profiles.id = owner))`;

/** Starts a Supabase project with the team's schema and rows. */
export async function teamProject(options: SupabaseOptions = {}): Promise<SupabasePostgres> {
  const project = await SupabasePostgres.start({ extensions: ["citext"], ...options });
  await project.postgres.psql(project.owner, ["-c", schema]);
  return project;
}

/** Lets the team's login make and unmake policies on the platform's table, and makes one. */
export async function withStoragePolicy({ postgres, superuser, owner }: SupabasePostgres): Promise<void> {
  await postgres.query(superuser, "GRANT supabase_storage_admin TO postgres");
  await postgres.query(owner, storagePolicy);
}

/** Rights in the order of their text: the server keeps them in the order in which they were granted. */
const sorted = (acl: string) => `(SELECT array_agg(item::text ORDER BY item::text) FROM unnest(${acl}) AS item) AS acl`;

const queries = {
  relations: `SELECT nspname, relname, relkind, relrowsecurity, relowner::regrole::text, ${sorted("relacl")} FROM pg_class c
    JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('public', 'supabase_migrations') ORDER BY 1, 2`,
  functions: `SELECT proname, prosrc, ${sorted("proacl")} FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1`,
  schemas: `SELECT nspname, nspowner::regrole::text, ${sorted("nspacl")} FROM pg_namespace WHERE nspname !~ 'temp' ORDER BY 1`,
  published:
    "SELECT pubname, schemaname, tablename, attnames::text, rowfilter FROM pg_publication_tables ORDER BY 1, 2, 3",
  triggers: "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
  eventTriggers: "SELECT evtname, evtenabled, evtfoid::regproc::text FROM pg_event_trigger ORDER BY 1",
  policies: "SELECT schemaname, tablename, policyname, roles::text, qual FROM pg_policies ORDER BY 1, 2, 3",
  constraints: `SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2`,
  defaults: `SELECT defaclrole::regrole::text, defaclnamespace::regnamespace::text, defaclobjtype, ${sorted("defaclacl")}
    FROM pg_default_acl ORDER BY 1, 2, 3`,
};

/** Reads what a restore must bring back beside the rows: rights, row security, publications, triggers, policies, defaults. */
export async function aroundTheRows({ postgres, owner }: SupabasePostgres): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const [name, sql] of Object.entries(queries)) found[name] = await postgres.query(owner, sql);
  return found;
}
