/** Headings of the "Phase 4 Deployment Guide", and what has become of each. */
import { done, isIn, leftOut, without, type Heading } from "../heading";

export const omniopsHeadings: readonly Heading[] = [
  leftOut("Purpose", "It is an introduction; this document has its own."),
  leftOut("Table of Contents", "This document has its own."),
  done("Environment Setup", "environment"),
  without(
    done("Prerequisites", "prerequisites"),
    "Accounts at OpenAI, Slack and SendGrid are made by people; their keys are secrets of the configuration.",
  ),
  without(
    done("Infrastructure Provisioning", "environment"),
    "A higher rate limit is asked of OpenAI by people, two weeks before.",
  ),
  done("Configuration Management", "configuration"),
  done("Environment Variables", "configuration"),
  done("Feature Flag Configuration", "feature-flags"),
  done("Database Migrations", "migrate", "schema"),
  done("Migration Sequence", "migrate", "backfill", "verify-migration"),
  done("Application Deployment", "application"),
  leftOut(
    "Build Process",
    "The application is built, tested and linted before there is an image, by its own pipeline.",
  ),
  leftOut(
    "Docker Deployment",
    "The image is built and pushed by the application's own pipeline; its HEALTHCHECK is a probe.",
  ),
  done("Kubernetes Deployment", "application"),
  done("Feature Flag Management", "feature-flags"),
  without(
    done("LaunchDarkly Integration", "configuration"),
    "The SDK key is handed to the application. Who has a feature is Runsheet's configuration.",
  ),
  without(
    done("Gradual Rollout Commands", "feature-flags"),
    "A stage is a change of `omniops:features` and an `up`. Watching between the stages is up to people.",
  ),
  isIn("Monitoring Setup", "alerts"),
  without(isIn("Datadog Dashboards", "alerts"), "The dashboard is Grafana's; Datadog's is not made."),
  isIn("Alert Rules", "alerts"),
  { title: "Backup & Disaster Recovery", part: "recovery", steps: ["backup"] },
  { title: "Backup Strategy", steps: ["backup"], part: "recovery" },
  { title: "Disaster Recovery Procedures", part: "recovery", steps: ["recovery"] },
  done("Deployment Checklist", "backup", "verify"),
  without(
    done("Pre-Deployment (Day Before)", "backup", "feature-flags"),
    "Load tests of staging, the rota and what customers are told are up to people.",
  ),
  without(
    done("Deployment Day", "application", "verify", "feature-flags"),
    "The times of the day and the watching between them are up to people: there is no gate yet.",
  ),
  leftOut("Post-Deployment (Next Day)", "People review metrics, cost and feedback."),
];
