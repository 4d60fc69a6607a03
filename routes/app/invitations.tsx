import type { Context } from "hono";
import { authorize } from "../../src/access/authorize.ts";
import { csvInvitations, type CsvReport, inviteByCsv } from "../../src/access/csv_invitations.ts";
import {
  browseInvitations,
  INVITATION_LIST,
  invite,
  newInvitation,
  resendInvitation,
  revokeInvitation,
} from "../../src/access/invitations.ts";
import { MEMBERS_MANAGE } from "../../src/access/members.ts";
import { listGrantableRoles } from "../../src/access/roles.ts";
import { currentMember } from "../../src/tenancy/open_tenant.ts";
import { ImportPage, type ImportPageProps, type ShownLine } from "../../views/pages/team/import_page.tsx";
import {
  InvitationList,
  type InvitationListProps,
  INVITATIONS,
} from "../../views/pages/team/invitation_list.tsx";
import { InviteForm } from "../../views/pages/team/invite_form.tsx";
import { TeamDialog } from "../../views/pages/team/member_forms.tsx";
import { InvitationsChanged } from "../../views/pages/team/team_changes.tsx";
import { InvitationsPage, InviteLink } from "../../views/pages/team/team_page.tsx";
import { teamText } from "../../views/pages/team/text.ts";
import { formParts } from "../form_parts.ts";
import type { Fields, MemberEnv } from "../http.ts";
import { type Address, readListAddress, shownList } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { acceptBody, KILOBYTE } from "../middleware/body.ts";
import { type Done, done, form, type Page, page, type RefusedForm } from "../page.tsx";
import { problemText } from "../problem_text.ts";
import { MemberPages } from "./member_pages.ts";

const MAX_CSV_BYTES = 100 * KILOBYTE;
const FILES = acceptBody({ kind: "files", maxFileBytes: MAX_CSV_BYTES, maxBytes: 3 * MAX_CSV_BYTES });

/** The people who are invited but haven't accepted yet. The navigation shows them as a part of the members. */
const pages = new MemberPages();
export default pages;

pages.get("/team/invitations", async (c) => {
  const list = await showInvitations(c, c.req.query());
  return await page(c, {
    title: textOf(c).invitations.title,
    trail: trailOf(c),
    actions: <InviteLink />,
    body: <InvitationsPage {...list} />,
    partial: <InvitationList {...list} />,
  });
});

pages.get("/team/invitations/new", async (c) => {
  authorize(c.get("member"), MEMBERS_MANAGE);
  return await page(c, await inviteForm(c));
});

pages.post("/team/invitations", (c) => {
  return form(c, {
    schema: newInvitation,
    submit: async (input) => await invite(await currentMember(c.get("member")), input),
    done: ({ email }) => afterChange(c, textOf(c).invitations.sent(email)),
    refusals: ["invalid", "conflict", "forbidden", "limit_reached", "rate_limited"],
    refused: (refused) => inviteForm(c, refused),
  });
});

pages.get("/team/invitations/import", (c) => {
  authorize(c.get("member"), MEMBERS_MANAGE);
  return page(c, importPage(c, {}));
});

pages.post("/team/invitations/import", FILES, async (c) => {
  const ctx = await currentMember(c.get("member"));
  authorize(ctx, MEMBERS_MANAGE); // before the file is read
  const fields = await readImport(c);
  return await form(c, {
    fields,
    schema: csvInvitations.pick({ csv: true }),
    submit: ({ csv }) => inviteByCsv(ctx, { csv, dryRun: fields.step !== "send" }),
    done: async (report) =>
      report.sent > 0
        ? { to: INVITATIONS.path, flash: textOf(c).invitations.csv.sent(report.sent) }
        : await page(c, importPage(c, { csv: fields.csv, report: reportOf(c, report) })),
    refusals: ["invalid", "conflict", "forbidden", "limit_reached", "rate_limited"],
    refused: ({ values, errors, problem }) =>
      importPage(c, { csv: values.csv, error: errors.csv ?? errors.email, problem }),
  });
});

pages.post("/team/invitations/:id/resend", async (c) => {
  const { email } = await resendInvitation(await currentMember(c.get("member")), c.req.param("id"));
  return await done(c, afterChange(c, textOf(c).invitations.resent(email)));
});

pages.post("/team/invitations/:id/revoke", async (c) => {
  const { email } = await revokeInvitation(await currentMember(c.get("member")), c.req.param("id"));
  return await done(c, afterChange(c, textOf(c).invitations.revoked(email)));
});

async function showInvitations(c: Context<MemberEnv>, address: Address): Promise<InvitationListProps> {
  const ctx = c.get("member");
  const query = readListAddress(address, INVITATION_LIST);
  const { items, tabs: _, ...pages } = await browseInvitations(ctx, query);
  const { search = "" } = query;
  return { invitations: items, pages, view: { search }, now: ctx.services.clock.now() };
}

/** The list as it is now if the person is there, otherwise the page of invitations. */
function afterChange(c: Context<MemberEnv>, text: string): Done {
  const message = { kind: "success" as const, text };
  const address = shownList(c, INVITATIONS.path);
  if (!address) return { to: INVITATIONS.path, flash: message };
  return {
    to: `${INVITATIONS.path}?${new URLSearchParams(address)}`,
    flash: message,
    partial: async () => <InvitationsChanged list={await showInvitations(c, address)} message={message} />,
  };
}

async function inviteForm(c: Context<MemberEnv>, refused?: RefusedForm) {
  const { invitations: text } = textOf(c);
  const ctx = c.get("member");
  const props = { roles: await listGrantableRoles(ctx), ...refused };
  return {
    title: text.new,
    trail: trailOf(c),
    body: <InviteForm {...props} />,
    partial: refused ? <InviteForm {...props} inPlace /> : (
      <TeamDialog title={text.new}>
        <InviteForm {...props} inPlace />
      </TeamDialog>
    ),
  };
}

function importPage(c: Context<MemberEnv>, props: ImportPageProps): Page {
  return {
    title: textOf(c).invitations.csv.title,
    trail: [...trailOf(c), { label: textOf(c).invitations.title, href: INVITATIONS.path }],
    body: <ImportPage {...props} />,
  };
}

/** A chosen file takes the place of the text. */
async function readImport(c: Context<MemberEnv>): Promise<Fields> {
  const fields: Fields = {};
  for await (const part of formParts(c)) {
    if (part.kind === "text") fields[part.name] ??= part.value;
    else if (part.bytes.length > 0) fields.csv = new TextDecoder().decode(part.bytes);
  }
  return fields;
}

function reportOf(c: Context<MemberEnv>, { lines }: CsvReport): ShownLine[] {
  const locale = localeOf(c);
  return lines.map(({ problem, ...line }) => ({
    ...line,
    problem: problem && problemText(problem, locale),
  }));
}

function trailOf(c: Context<MemberEnv>) {
  return [{ label: textOf(c).title, href: "/team" }];
}

function textOf(c: Context<MemberEnv>) {
  return teamText.of(localeOf(c));
}
