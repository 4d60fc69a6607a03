import { Hono } from "hono";
import type { StaffEnv } from "../http.ts";
import { analyticsPages } from "./analytics.tsx";
import { announcementPages } from "./announcements.tsx";
import { auditPages } from "./audit.tsx";
import { billingPages } from "./billing.tsx";
import { billingActionPages } from "./billing_actions.tsx";
import { flagPages } from "./flags.tsx";
import { jobPages } from "./jobs.tsx";
import { suppressionPages } from "./suppressions.tsx";
import { tenantPages } from "./tenants.tsx";
import { userPages } from "./users.tsx";

/** The back office for the platform's staff. */
export const admin = new Hono<StaffEnv>();

admin.get("/", (c) => c.redirect("/admin/tenants", 303));
for (
  const pages of [
    tenantPages,
    userPages,
    analyticsPages,
    billingPages,
    billingActionPages,
    flagPages,
    announcementPages,
    jobPages,
    suppressionPages,
    auditPages,
  ]
) {
  admin.route("/", pages);
}
