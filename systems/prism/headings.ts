/** Headings of the "PRISM Phase 5 Deployment Runbook", and what has become of each. */
import { done, isIn, leftOut, without, type Heading } from "../heading";

export const prismHeadings: readonly Heading[] = [
  leftOut("Overview", "It is an introduction; this document has its own."),
  done("Pre-Deployment Checklist", "prerequisites"),
  without(
    done("Environment Requirements", "environment", "prerequisites"),
    "Node.js is in the images. The OpenAI key is required, and not tried out.",
  ),
  done("Configuration Variables", "configuration"),
  done("Database Migrations", "backup", "migrate", "schema"),
  done("Migration Order", "migrate"),
  without(
    done("Running Migrations", "migrate"),
    "`supabase db push` and psql are replaced by Sqitch, or by your own command.",
  ),
  done("Verification Queries", "migrate", "schema"),
  done("Service Deployment", "services"),
  without(
    done("API Server Updates", "services"),
    "Code is pulled, built and tested before there is an image, by the application's own pipeline.",
  ),
  done("BullMQ Workers", "services"),
  done("Model Training Worker", "services"),
  done("Monthly Insights Worker", "services"),
  without(
    done("Worker Configuration", "services"),
    "PM2 is replaced by Deployments; its `cron_restart` is a graceful restart.",
  ),
  done("Edge Functions Deployment", "functions"),
  done("Deploy via Supabase CLI", "functions"),
  done("Verify Deployments", "verify"),
  done("Post-Deployment Verification", "verify"),
  done("Health Checks", "verify"),
  without(
    done("Functional Tests", "verify"),
    "The application's integration tests are in its own repository. Feedback, insights and profiles are tested with the stand-in.",
  ),
  without(
    { title: "Monitoring Setup", part: "alerts", steps: ["sentry-test", "watch"] },
    "The DSN of Sentry is a secret of the configuration; that the services report to it is not shown.",
  ),
  isIn("Rollback Procedures", "recovery"),
  done("Database Rollback", "rollback"),
  done("Service Rollback", "services", "functions"),
  done("Worker Rollback", "services"),
  isIn("Troubleshooting", "failure"),
  isIn("Common Issues", "alerts"),
  isIn("1. Model Training Not Running", "alerts"),
  isIn("2. Insights Not Generating", "alerts"),
  leftOut("3. Profile Detection Failing", "Its queries are for people who look for a cause."),
  without(
    done("Performance Tuning", "migrate"),
    "The index is the last change. The slow query is analysed by people, who know its data.",
  ),
  done("Maintenance", "maintenance"),
  leftOut("Weekly Tasks", "People review logs, rates and accuracy; the dashboards show them."),
  without(
    done("Monthly Tasks", "maintenance"),
    "Old training batches are cleaned up by the clock. The reviews and the baseline of the models are up to people.",
  ),
  without(
    done("Quarterly Tasks", "maintenance"),
    "VACUUM and REINDEX run by the clock. The review of the models and the tax rules are up to people.",
  ),
  isIn("Contact", "contacts"),
];
