import { type Context, Hono } from "hono";
import { z } from "zod";
import type { FieldProblems } from "../../src/errors.ts";
import {
  acceptAsNewcomer,
  acceptAtProvider,
  type Accepted,
  acceptInvitation,
  findNewcomerIdentity,
  findOpenInvitation,
  newcomer,
  newcomerAtProvider,
  type OpenInvitation,
} from "../../src/access/accept_invitation.ts";
import { PROVIDER_NAMES } from "../../src/identity/oauth_providers.ts";
import { findPasswordProblem } from "../../src/identity/passwords.ts";
import type { PendingIdentity } from "../../src/identity/pending_identities.ts";
import { ClosedInvitationPage } from "../../views/pages/invitation/closed_invitation_page.tsx";
import { InvitationPage, NewcomerForm } from "../../views/pages/invitation/invitation_page.tsx";
import { invitationText } from "../../views/pages/invitation/text.ts";
import { type HttpEnv, readForm, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { markOf } from "../logos.ts";
import { signInBrowser } from "../middleware/session.ts";
import { form, type Page, page, type RefusedForm } from "../page.tsx";
import { forgetKeptIdentity, keptIdentityOf } from "./kept_identity_cookie.ts";
import { providerLinks } from "./provider_links.ts";

const REFUSALS = ["invalid", "limit_reached"] as const;

/** The page behind an invitation's link. */
export const invitationPages = new Hono<HttpEnv>();

/** Changes nothing, because link checkers open this page, too. */
invitationPages.get("/:token", async (c) => {
  const invitation = await findOpenInvitation(systemContextOf(c), c.req.param("token"));
  if (!invitation) return await page(c, closedPage(c));
  const isByPassword = c.req.query("password") !== undefined;
  const identity = isByPassword ? null : await provenIdentity(c, invitation);
  const form = { values: { name: identity?.name ?? "" }, errors: {} };
  return await page(c, pageOf(c, invitation, identity, form));
});

invitationPages.post("/:token", async (c) => {
  const token = c.req.param("token");
  const ctx = systemContextOf(c);
  const invitation = await findOpenInvitation(ctx, token);
  if (!invitation) return await page(c, closedPage(c));
  if (invitation.step === "set_up") return await setUp(c, invitation, await provenIdentity(c, invitation));
  const session = c.get("session");
  if (invitation.step !== "accept" || !session) return await page(c, pageOf(c, invitation, null));
  return await form(c, {
    schema: z.object({}),
    submit: () => acceptInvitation(ctx, session, token),
    done: (to) => ({ to }),
    refusals: [...REFUSALS],
    refused: (refused) => refusedPage(c, invitation, null, refused),
  });
});

/** A form with a password comes from someone who chose one, even if an account at a provider waits. */
async function setUp(
  c: Context<HttpEnv, "/:token">,
  invitation: OpenInvitation,
  identity: PendingIdentity | null,
): Promise<Response> {
  const ctx = systemContextOf(c);
  const token = c.req.param("token");
  const device = c.get("device");
  const fields = await readForm(c);
  const usesProvider = identity !== null && fields.password === undefined;
  const ending = {
    fields,
    done: async ({ url, session }: Accepted) => {
      forgetKeptIdentity(c);
      await signInBrowser(c, session);
      return { to: url };
    },
    refusals: [...REFUSALS],
    refused: (refused: RefusedForm) => refusedPage(c, invitation, usesProvider ? identity : null, refused),
  };
  if (usesProvider) {
    const submit = (input: z.output<typeof newcomerAtProvider>) =>
      acceptAtProvider(ctx, token, keptIdentityOf(c), input, device);
    return await form(c, { schema: newcomerAtProvider, submit, ...ending });
  }
  return await form(c, {
    schema: newcomer,
    alsoCheck: ({ name = "", password = "" }) =>
      Promise.resolve(passwordProblems(password, name, invitation)),
    submit: (input) => acceptAsNewcomer(ctx, token, input, device),
    ...ending,
  });
}

function provenIdentity(c: Context<HttpEnv>, invitation: OpenInvitation): Promise<PendingIdentity | null> {
  return findNewcomerIdentity(systemContextOf(c), invitation, keptIdentityOf(c));
}

function passwordProblems(password: string, name: string, { email, tenant }: OpenInvitation): FieldProblems {
  const problem = findPasswordProblem(password, { email, names: [name, tenant.name] });
  return problem ? { password: problem } : {};
}

/** `limit_reached` is the only problem that isn't about a field: the workspace has no free seat. */
function refusedPage(
  c: Context<HttpEnv, "/:token">,
  invitation: OpenInvitation,
  identity: PendingIdentity | null,
  { values, errors, problem }: RefusedForm,
): Page {
  if (errors.token) return closedPage(c);
  const form = { values, errors, problem: problem && textOf(c).full(invitation.invitedBy) };
  return pageOf(c, invitation, identity, form);
}

function pageOf(
  c: Context<HttpEnv, "/:token">,
  { tenant, ...invitation }: OpenInvitation,
  identity: PendingIdentity | null,
  form: RefusedForm = { values: {}, errors: {} },
): Page {
  const path = `/invitations/${encodeURIComponent(c.req.param("token"))}`;
  const props = {
    ...invitation,
    path,
    workspace: markOf(tenant, c.get("services").config.appUrl),
    current: c.get("session")?.actor.email ?? "",
    providers: providerLinks(c, { invitation: c.req.param("token") }),
    provenAt: identity && PROVIDER_NAMES[identity.provider],
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
