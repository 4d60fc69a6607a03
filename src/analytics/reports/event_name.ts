import { z } from "zod";
import { problem } from "../../platform/problem.ts";

const EVENT_NAME_MISSING = problem("report_event_missing", "Enter the name of an event.");

const MAX_NAME_LENGTH = 200;

/** The name of an event that a report is about. It needn't exist. */
export const eventName = z.string().trim().min(1, EVENT_NAME_MISSING.code).max(MAX_NAME_LENGTH);
