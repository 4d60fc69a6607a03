import { Hono } from "hono";
import { HANDOFF_PROOF_PATH } from "../../src/identity/handoffs.ts";
import type { HttpEnv } from "../http.ts";
import { handoffPages, proveHandoff } from "../site/handoffs.tsx";
import { sessionPages } from "../site/sessions.tsx";
import { resendVerification } from "../site/verification.tsx";
import { dashboardPages } from "./dashboard.tsx";
import { requireMember } from "./member.tsx";
import { notificationSettingsPages } from "./notification_settings.tsx";
import { projectsPages } from "./projects.tsx";
import { settingsPages } from "./settings.tsx";

/** The pages of each feature, in the order of the navigation. */
const FEATURES = [
  dashboardPages,
  projectsPages,
  settingsPages,
  notificationSettingsPages,
];

/** A workspace's pages: the ways in and out for everyone, then the features for members. */
export const app = new Hono<HttpEnv>();

app.get("/", (c) => c.redirect("/dashboard", 303));
app.route("/", sessionPages);
app.route("/", handoffPages);
app.get(HANDOFF_PROOF_PATH, proveHandoff);
app.post("/verify-email/resend", resendVerification);
app.use(requireMember(FEATURES.flatMap(({ link }) => link ?? [])));
for (const pages of FEATURES) app.route("/", pages);
