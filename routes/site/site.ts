import { Hono } from "hono";
import { HANDOFF_PROOF_PATH } from "../../src/identity/handoffs.ts";
import type { HttpEnv } from "../http.ts";
import { accountPages } from "./account.tsx";
import { accountPasskeyPages } from "./account_passkeys.tsx";
import { addressPages } from "./addresses.tsx";
import { docsPages } from "./docs/docs.tsx";
import { emailChangePages } from "./email_change.tsx";
import { emailSignInPages } from "./email_sign_in.tsx";
import { companyPages } from "./company.tsx";
import { proveHandoff } from "./handoffs.tsx";
import { connectionPages } from "./identity_connection.tsx";
import { invitationPages } from "./invitations.tsx";
import { landingPages } from "./landing.tsx";
import { oauthPages } from "./oauth.tsx";
import { oauthSignUpPages } from "./oauth_sign_up.tsx";
import { passkeyPages } from "./passkeys.tsx";
import { passwordPages } from "./passwords.tsx";
import { sessionPages } from "./sessions.tsx";
import { secondStepPages } from "./second_step.tsx";
import { stepUpPages } from "./step_up.tsx";
import { signUpPages } from "./sign_up.tsx";
import { resendVerification, verificationPages } from "./verification.tsx";
import { requirePerson } from "./visitor.tsx";
import { workspacePages } from "./workspaces.tsx";

/** The apex's pages: first for visitors, then for people who are signed in. */
export const site = new Hono<HttpEnv>();

for (
  const pages of [
    landingPages,
    docsPages,
    companyPages,
    signUpPages,
    oauthSignUpPages,
    addressPages,
    sessionPages,
    emailSignInPages,
    connectionPages,
    oauthPages,
    secondStepPages,
    passkeyPages,
    stepUpPages,
    passwordPages,
    verificationPages,
    emailChangePages,
  ]
) {
  site.route("/", pages);
}
site.route("/invitations", invitationPages);
site.get(HANDOFF_PROOF_PATH, proveHandoff);
site.post("/verify-email/resend", resendVerification);
site.use("/workspaces/*", requirePerson);
site.route("/workspaces", workspacePages);
site.use("/account/*", requirePerson);
site.route("/", accountPages);
site.route("/", accountPasskeyPages);
