/** "Phase 2: Data Validation" as a script: its checks, and that it leaves no rows behind. */
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import { systemFile, type SystemDatabase } from "../system-database";
import { addDialogue, addMaterial, addProvenance, changes, checksums, muedSystem, smokeTestUser } from "./mued";

jest.setTimeout(60_000);

let postgres: ThrowAwayPostgres;
let withoutKeys: SystemDatabase;
let deployed: SystemDatabase;

startSystem(muedSystem, async (created) => {
  ({ postgres } = created);
  withoutKeys = created;
  await withoutKeys.sqitch("deploy", "--verify", "--to", changes[1]!);
  deployed = await withoutKeys.clone("deployed");
  await deployed.sqitch("deploy", "--verify");
});

const validate = async (mued: SystemDatabase, file = "data-validation.sql") => {
  const output = await postgres.psql(mued.owner, ["--file", systemFile("mued", file)]);
  return output.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, "MATERIAL");
};

const ok = `ok test users = 1
ok dialogue: rows = 1
ok dialogue: citation_count = 1
ok dialogue: latency_ms = 1200
ok dialogue: token_cost_jpy = 2.50
ok dialogue: citation_rate = 100.00
ok provenance: rows = 1
ok provenance: license_type = cc_by
ok provenance: material_id = MATERIAL
ok metrics: rows = 1
ok metrics: citation_rate = 75.50
ok metrics: latency_p50_ms = 1200
ok metrics: cost_per_answer = 2.30
the data is valid, and nothing of the test is left
`;

test("on a database without a material, with the foreign keys and without", async () => {
  for (const mued of [withoutKeys, deployed]) {
    const before = await checksums(mued);
    expect(await validate(mued)).toBe(ok);
    expect(await checksums(mued)).toEqual(before);
  }
});

test("real rows stay as they are, also today's and those like its test data", async () => {
  const mued = await deployed.clone("real_rows");
  await addDialogue(mued, smokeTestUser);
  await addProvenance(mued, { type: "material", id: await addMaterial(mued) }, smokeTestUser);
  await mued.query(
    `INSERT INTO users (clerk_id, email, name) VALUES ('test_phase2_001', 'phase2test@example.com', 'Of an earlier test');
     INSERT INTO ai_dialogue_log (session_id, query, response, latency_ms)
     VALUES (gen_random_uuid(), 'Test query: an earlier one', 'r', 1);
     INSERT INTO rag_metrics_history (date, citation_rate) VALUES (current_date, 10), (current_date + 1, 20)`,
  );
  const before = await checksums(mued);
  expect(await validate(mued)).toBe(ok);
  expect(await checksums(mued)).toEqual(before);
});

test.each([
  ["dialogue: latency_ms is 1, expected 1200", "ai_dialogue_log", "NEW.latency_ms := 1"],
  ["dialogue: citation_count is 0, expected 1", "ai_dialogue_log", "NEW.citations := '[]'"],
  ["dialogue: token_cost_jpy is NULL, expected 2.50", "ai_dialogue_log", "NEW.token_cost_jpy := NULL"],
  ["dialogue: rows is 0, expected 1", "ai_dialogue_log", "RETURN NULL"],
  ["provenance: license_type is cc0, expected cc_by", "provenance", "NEW.license_type := 'cc0'"],
  ["metrics: citation_rate is 75.00, expected 75.50", "rag_metrics_history", "NEW.citation_rate := 75"],
])("%s: an error that says so, and nothing is left", async (message, table, fault) => {
  const mued = await deployed.clone(`fault_${message.replaceAll(/\W+/g, "_").toLowerCase()}`);
  await mued.query(
    `CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${fault}; RETURN NEW; END $$;
     CREATE TRIGGER fault BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION fault()`,
  );
  const before = await checksums(mued);
  expect(await failureOf(validate(mued))).toContain(`ERROR:  ${message}`);
  expect(await checksums(mued)).toEqual(before);
});

describe("on a schema of the team's own, which has no more than the checklist names", () => {
  let own: SystemDatabase;
  const validateNamed = (mued: SystemDatabase) => validate(mued, "data-validation-named.sql");
  const valid = (
    license: string,
  ) => `ok dialogue: citation_count, latency_ms, token_cost_jpy, citation_rate = 1, 1200, 2.50, 100.00
ok provenance: license_type = ${license}
ok metrics: citation_rate, latency_p50_ms, cost_per_answer = 75.50, 1200, 2.30
the data is valid, and nothing of the test is left
`;

  beforeAll(async () => {
    own = await withoutKeys.clone("own");
    await own.query(
      `ALTER TABLE provenance DROP COLUMN material_id CASCADE;
       ALTER TABLE materials RENAME COLUMN title TO name;
       ALTER TABLE rag_metrics_history ALTER COLUMN date TYPE timestamptz;
       ALTER TABLE ai_dialogue_log ALTER COLUMN token_cost_jpy TYPE double precision`,
    );
  });

  test("its data is validated; without a material, nothing is asked of provenance", async () => {
    const before = await checksums(own);
    expect(await validateNamed(own)).toBe(valid("not tested: there is no material"));
    expect(await checksums(own)).toEqual(before);
    const mued = await own.clone("own_with_material");
    await mued.query(
      "INSERT INTO materials (name) VALUES ('Scales'); INSERT INTO rag_metrics_history (date) VALUES (now() + interval '1 day')",
    );
    const withRows = await checksums(mued);
    expect(await validateNamed(mued)).toBe(valid("cc_by"));
    expect(await checksums(mued)).toEqual(withRows);
  });

  test.each([
    [
      "dialogue: citation_count, latency_ms, token_cost_jpy, citation_rate is 1, 1, 2.50, 100.00, expected 1, 1200, 2.50, 100.00",
      "ai_dialogue_log",
      "NEW.latency_ms := 1",
    ],
    ["provenance: license_type is cc0, expected cc_by", "provenance", "NEW.license_type := 'cc0'"],
    ["provenance: license_type is NULL, expected cc_by", "provenance", "RETURN NULL"],
    [
      "metrics: citation_rate, latency_p50_ms, cost_per_answer is 75.00, 1200, 2.30, expected 75.50, 1200, 2.30",
      "rag_metrics_history",
      "NEW.citation_rate := 75",
    ],
  ])("fault %#: an error that says so", async (message, table, fault) => {
    const mued = await own.clone(`own_fault_${table}_${fault.length}`);
    await mued.query(
      `INSERT INTO materials (name) VALUES ('Scales');
       CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${fault}; RETURN NEW; END $$;
       CREATE TRIGGER fault BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION fault()`,
    );
    expect(await failureOf(validateNamed(mued))).toContain(`ERROR:  ${message}`);
  });
});

test("the runbook's own statements of Step 2.1 work as they stand", async () => {
  const mued = await deployed.clone("runbook");
  const material = await addMaterial(mued);
  await mued.query(`
    INSERT INTO users (clerk_id, email, name, role)
    VALUES ('test_phase2_001', 'phase2test@example.com', 'Phase 2 Test User', 'student')
    ON CONFLICT (clerk_id) DO NOTHING;

    INSERT INTO ai_dialogue_log (
      user_id, session_id, query, response, model_used,
      citations, latency_ms, token_cost_jpy, citation_rate
    )
    VALUES (
      (SELECT id FROM users WHERE clerk_id = 'test_phase2_001'),
      gen_random_uuid(),
      'Test query: What is RAG?',
      'Test response: RAG is Retrieval-Augmented Generation...',
      'gpt-4',
      '[{"source": "test_source", "sourceType": "web", "excerpt": "RAG definition", "confidence": 0.95, "timestamp": "2025-10-29T12:00:00Z"}]'::jsonb,
      1200,
      2.50,
      100.0
    )
    RETURNING id, created_at;

    DO $$
    DECLARE
      test_material_id UUID;
    BEGIN
      SELECT id INTO test_material_id FROM materials LIMIT 1;

      IF test_material_id IS NOT NULL THEN
        INSERT INTO provenance (
          content_id, content_type, source_uri, license_type, acquisition_method
        )
        VALUES (
          test_material_id,
          'material',
          'https://test.example.com/source',
          'cc_by',
          'manual_upload'
        );
        RAISE NOTICE 'Test provenance record inserted';
      ELSE
        RAISE NOTICE 'No materials found, skipping provenance test';
      END IF;
    END $$;

    INSERT INTO rag_metrics_history (
      date, citation_rate, latency_p50_ms, cost_per_answer, total_queries
    )
    VALUES (
      NOW(),
      75.5,
      1200,
      2.30,
      1000
    )
    RETURNING id, date;`);
  expect(
    await mued.query(
      `SELECT jsonb_array_length(citations) AS citation_count, latency_ms, token_cost_jpy::float8 AS cost
       FROM ai_dialogue_log WHERE query LIKE 'Test query:%' ORDER BY created_at DESC LIMIT 1`,
    ),
  ).toEqual([{ citation_count: 1, latency_ms: "1200", cost: 2.5 }]);
  expect(await mued.query("SELECT content_id, material_id, content_type, license_type FROM provenance")).toEqual([
    { content_id: material, material_id: material, content_type: "material", license_type: "cc_by" },
  ]);
  expect(await mued.query("SELECT citation_rate FROM rag_metrics_history")).toEqual([{ citation_rate: "75.50" }]);
});
