import { Hono } from "hono";
import { HANDOFF_PROOF_PATH } from "../../src/identity/handoffs.ts";
import type { HttpEnv } from "../http.ts";
import { sendOwnLogo } from "../logos.ts";
import { emailSignInPages } from "../site/email_sign_in.tsx";
import { handoffPages, proveHandoff } from "../site/handoffs.tsx";
import { sessionPages } from "../site/sessions.tsx";
import { secondStepPages } from "../site/second_step.tsx";
import { stepUpPages } from "../site/step_up.tsx";
import { resendVerification } from "../site/verification.tsx";
import { exportLinks } from "./exports.tsx";
import { installedApp } from "./installed_app.tsx";
import { frameWorkspace, requireMember } from "./member.tsx";
import type { MemberPages } from "./member_pages.ts";
import * as pages from "./pages.ts";
import { sharedReportPages } from "./shared_reports.tsx";
import { supportVisitGuard, visitPages } from "./support_visit.ts";

/** A member is a person who is signed in, which is all that the pages of accounts need. */
const PAGES = Object.values(pages) as readonly MemberPages[];
const LINKS = PAGES.flatMap(({ link }) => link ?? []).sort((one, other) => one.position - other.position);

export const frameApp = frameWorkspace(LINKS);

export const guardVisit = supportVisitGuard(
  PAGES.filter(({ isOpenToSupport }) => isOpenToSupport).flatMap(({ routes }) => routes),
);

/** A workspace's pages: the ways in and out for everyone, then the features for members. */
export const app = new Hono<HttpEnv>();

app.get("/", (c) => c.redirect("/dashboard", 303));
app.route("/", sessionPages);
app.route("/", emailSignInPages);
app.route("/", secondStepPages);
app.route("/", stepUpPages);
app.route("/", handoffPages);
app.get(HANDOFF_PROOF_PATH, proveHandoff);
app.post("/verify-email/resend", resendVerification);
app.get("/brand/logo", sendOwnLogo);
app.route("/", exportLinks);
app.route("/", installedApp);
app.route("/", sharedReportPages);
app.route("/", visitPages);
app.use(requireMember(LINKS));
for (const each of PAGES) app.route("/", each);
