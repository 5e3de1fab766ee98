/** Models that "AI Backend Deployment Guide: Feature Flags" switches, in its order. */
import { complianceChecking } from "./compliance-checking";
import { fraudDetection } from "./fraud-detection";
import type { Model } from "./model";
import { nlpInvoice } from "./nlp-invoice";
import { predictiveAnalytics } from "./predictive-analytics";

export const models: readonly Model[] = [fraudDetection, predictiveAnalytics, complianceChecking, nlpInvoice];
