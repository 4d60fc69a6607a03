import { type Context, Hono } from "hono";
import { z } from "zod";
import type { FieldProblems } from "../../src/errors.ts";
import {
  acceptAsNewcomer,
  acceptInvitation,
  findOpenInvitation,
  newcomer,
  type OpenInvitation,
} from "../../src/access/accept_invitation.ts";
import { findPasswordProblem } from "../../src/identity/passwords.ts";
import { ClosedInvitationPage } from "../../views/pages/invitation/closed_invitation_page.tsx";
import { InvitationPage, NewcomerForm } from "../../views/pages/invitation/invitation_page.tsx";
import { invitationText } from "../../views/pages/invitation/text.ts";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { markOf } from "../logos.ts";
import { signInBrowser } from "../middleware/session.ts";
import { form, type Page, page, type RefusedForm } from "../page.tsx";

const REFUSALS = ["invalid", "limit_reached"] as const;

/** The page behind an invitation's link. */
export const invitationPages = new Hono<HttpEnv>();

/** Changes nothing, because link checkers open this page, too. */
invitationPages.get("/:token", async (c) => {
  const invitation = await findOpenInvitation(systemContextOf(c), c.req.param("token"));
  return await page(c, invitation ? pageOf(c, invitation) : closedPage(c));
});

invitationPages.post("/:token", async (c) => {
  const token = c.req.param("token");
  const ctx = systemContextOf(c);
  const invitation = await findOpenInvitation(ctx, token);
  if (!invitation) return await page(c, closedPage(c));
  if (invitation.step === "set_up") return await setUp(c, invitation);
  const session = c.get("session");
  if (invitation.step !== "accept" || !session) return await page(c, pageOf(c, invitation));
  return await form(c, {
    schema: z.object({}),
    submit: () => acceptInvitation(ctx, session, token),
    done: (to) => ({ to }),
    refusals: [...REFUSALS],
    refused: (refused) => refusedPage(c, invitation, refused),
  });
});

function setUp(c: Context<HttpEnv, "/:token">, invitation: OpenInvitation): Promise<Response> {
  const ctx = systemContextOf(c);
  return form(c, {
    schema: newcomer,
    alsoCheck: ({ name = "", password = "" }) =>
      Promise.resolve(passwordProblems(password, name, invitation)),
    submit: (input) => acceptAsNewcomer(ctx, c.req.param("token"), input, c.get("device")),
    done: async ({ url, session }) => {
      await signInBrowser(c, session);
      return { to: url };
    },
    refusals: [...REFUSALS],
    refused: (refused) => refusedPage(c, invitation, refused),
  });
}

function passwordProblems(password: string, name: string, { email, tenant }: OpenInvitation): FieldProblems {
  const problem = findPasswordProblem(password, { email, names: [name, tenant.name] });
  return problem ? { password: problem } : {};
}

/** `limit_reached` is the only problem that isn't about a field: the workspace has no free seat. */
function refusedPage(
  c: Context<HttpEnv, "/:token">,
  invitation: OpenInvitation,
  { values, errors, problem }: RefusedForm,
): Page {
  if (errors.token) return closedPage(c);
  const form = { values, errors, problem: problem && textOf(c).full(invitation.invitedBy) };
  return pageOf(c, invitation, form);
}

function pageOf(
  c: Context<HttpEnv, "/:token">,
  { tenant, ...invitation }: OpenInvitation,
  form: RefusedForm = { values: {}, errors: {} },
): Page {
  const path = `/invitations/${encodeURIComponent(c.req.param("token"))}`;
  const props = {
    ...invitation,
    path,
    workspace: markOf(tenant, c.get("services").config.appUrl),
    current: c.get("session")?.actor.email ?? "",
    form,
  };
  return {
    title: textOf(c).title(tenant.name),
    body: <InvitationPage {...props} />,
    partial: invitation.step === "set_up" ? <NewcomerForm {...props} /> : undefined,
    status: invitation.step === "switch" ? 409 : undefined,
  };
}

function closedPage(c: Context<HttpEnv>): Page {
  return { title: textOf(c).closedTitle, body: <ClosedInvitationPage />, status: 404 };
}

function textOf(c: Context<HttpEnv>) {
  return invitationText.of(localeOf(c));
}
