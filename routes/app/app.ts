import { Hono } from "hono";
import { HANDOFF_PROOF_PATH } from "../../src/identity/handoffs.ts";
import type { HttpEnv } from "../http.ts";
import { handoffPages, proveHandoff } from "../site/handoffs.tsx";
import { sessionPages } from "../site/sessions.tsx";
import { resendVerification } from "../site/verification.tsx";
import { requireMember } from "./member.tsx";

/** The pages of each feature, one line each, in the order of the navigation. */
const features = await Promise.all([
  import("./dashboard.tsx"),
  import("./projects.tsx"),
  import("./team.tsx"),
  import("./settings.tsx"),
  import("./notification_settings.tsx"),
]);
const PAGES = features.map(({ default: pages }) => pages);

/** A workspace's pages: the ways in and out for everyone, then the features for members. */
export const app = new Hono<HttpEnv>();

app.get("/", (c) => c.redirect("/dashboard", 303));
app.route("/", sessionPages);
app.route("/", handoffPages);
app.get(HANDOFF_PROOF_PATH, proveHandoff);
app.post("/verify-email/resend", resendVerification);
app.use(requireMember(PAGES.flatMap(({ link }) => link ?? [])));
for (const pages of PAGES) app.route("/", pages);
