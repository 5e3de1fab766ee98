import js from "@eslint/js";
import tseslint from "typescript-eslint";
import comments from "./eslint.comments.mjs";
import layers from "./eslint.layers.mjs";

export default tseslint.config(
  { ignores: ["node_modules/", "reports/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
  },
  {
    files: ["**/*.ts"],
    rules: {
      // A numeric or boolean value in a message is meant as its text.
      "@typescript-eslint/restrict-template-expressions": "off",
      // Leaving a property out by naming it is how a copy without it is written.
      "@typescript-eslint/no-unused-vars": [
        "error",
        { ignoreRestSiblings: true, varsIgnorePattern: "^_", argsIgnorePattern: "^_" },
      ],
    },
  },
  {
    files: ["test/**/*.test.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          // test("..."), describe("...") and their each(...)("...").
          selector:
            ":matches(CallExpression[callee.name=/^(test|describe)$/], CallExpression[callee.callee.property.name='each'])" +
            " > Literal[value=/.{81}/]",
          message: "The name of a test is a short sentence of at most 80 characters.",
        },
      ],
    },
  },
  ...layers,
  comments,
  {
    files: ["**/*.{js,cjs,mjs}", "lab/language-host/*"],
    languageOptions: {
      globals: {
        require: "readonly",
        module: "writable",
        process: "readonly",
        console: "readonly",
        __dirname: "readonly",
        Buffer: "readonly",
        setTimeout: "readonly",
        clearTimeout: "readonly",
      },
    },
  },
);
