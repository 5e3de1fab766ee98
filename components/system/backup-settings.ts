/** The key `backup`: backups of a platform's own. */
import { z } from "zod";
import { commandMemory, commandVariables, image, variableSecrets } from "./setting-values";

const branch = "neon branches create --project-id PROJECT --parent main --name $(BACKUP_NAME)".split(" ");

const command = z.strictObject({
  image: image.meta({
    title: "image",
    description: "Image with the command and a shell.",
    examples: ["registry.example/neon:2.15.0"],
  }),
  command: z
    .array(z.string().min(1))
    .min(1)
    .meta({
      description:
        "Command and its arguments. It has the variables `BACKUP_NAME`, `RELEASE`, `SYSTEM`, `DATABASE_URL` and those " +
        `of libpq. ${commandVariables}`,
      examples: [branch],
    }),
  secrets: variableSecrets(
    "Environment variables of the command, each with the secret key of this namespace that holds its value.",
    { NEON_API_KEY: "neonApiKey" },
  ),
  deadlineSeconds: z.int().min(10).default(600).describe("Time in seconds after which the command has failed."),
  memoryLimit: commandMemory,
});

/** Backups beside the dump before the migrations, as the stack configures them. */
export const backup = z
  .strictObject({ command: command.describe("Command that makes a backup. Its exit code counts.") })
  .optional()
  .meta({
    description:
      "Backup of the platform's own before the migrations, such as a branch of a Neon database. It runs beside the " +
      "dump, and the migrations wait for both. Default: none.",
    examples: [
      {
        command: {
          image: "registry.example/neon:2.15.0",
          command: branch,
          secrets: { NEON_API_KEY: "neonApiKey" },
        },
      },
    ],
  });
