import type { Context } from "hono";
import { getChain, verifyChain } from "../../src/audit/chain.ts";
import {
  AUDIT_LIST,
  browseAudit,
  getAuditChoices,
  getAuditEntry,
  listAudit,
} from "../../src/audit/entries.ts";
import type { LogEntry } from "../../src/audit/entry.ts";
import { AUDIT_LOG, AUDIT_READ } from "../../src/audit/permissions.ts";
import { AUDIT_DAYS } from "../../src/audit/retention.ts";
import { requireFeature } from "../../src/billing/plan_features.ts";
import { planOf } from "../../src/billing/plans.ts";
import { everyItem } from "../../src/platform/list.ts";
import { MAX_PAGE_SIZE } from "../../src/platform/list_query.ts";
import { AUDIT } from "../../views/pages/audit/audit_address.ts";
import { AuditList } from "../../views/pages/audit/audit_list.tsx";
import { AuditPage, integrityPath } from "../../views/pages/audit/audit_page.tsx";
import { EntryPage } from "../../views/pages/audit/entry_page.tsx";
import { CheckNow, IntegrityPage } from "../../views/pages/audit/integrity_page.tsx";
import { auditText } from "../../views/pages/audit/text.ts";
import { translatorTo } from "../../views/wording.ts";
import { AUDIT_COLUMNS, auditViewOf, LINES_PER_REQUEST, toShown } from "../audit_entries.ts";
import { sendCsv } from "../csv.ts";
import type { MemberEnv } from "../http.ts";
import { readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { done, page } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

const INTEGRITY_PATH = integrityPath(AUDIT);

/** The workspace's audit log. */
const pages = new MemberPages({
  label: (locale) => auditText.of(locale).title,
  href: AUDIT.path,
  icon: "shield",
  group: "main",
  position: 90,
  permission: AUDIT_READ,
});
export default pages;

pages.get("/audit", async (c) => {
  const ctx = c.get("member");
  const query = readListAddress(c.req.query(), AUDIT_LIST);
  const [{ items, ...places }, choices, chain] = await Promise.all([
    browseAudit(ctx, query),
    getAuditChoices(ctx),
    getChain(ctx),
  ]);
  const list = {
    entries: items.map((entry) => toShown(ctx.services, entry, translatorTo(localeOf(c)))),
    pages: places,
    view: auditViewOf(query),
    address: AUDIT,
    choices: { ...choices, others: ["staff", "job", "system"] as const },
    now: ctx.services.clock.now(),
  };
  return await page(c, {
    title: textOf(c).title,
    body: <AuditPage chain={{ ...chain, verifiedSequence: chain.verified.sequence }} list={list} />,
    partial: <AuditList {...list} />,
  });
});

pages.get("/audit.csv", (c) => {
  const ctx = c.get("member");
  const query = { ...readListAddress(c.req.query(), AUDIT_LIST), limit: MAX_PAGE_SIZE };
  return sendCsv(c, "audit-log.csv", AUDIT_COLUMNS, everyItem(query, (part) => listAudit(ctx, part)));
});

pages.get(INTEGRITY_PATH, async (c) => {
  const ctx = c.get("member");
  requireFeature(ctx, AUDIT_LOG);
  const { verified, anchor, ...chain } = await getChain(ctx);
  const plan = translatorTo(localeOf(c))(planOf(ctx.tenant.plan).name);
  return await page(c, {
    title: textOf(c).integrity,
    trail: trailOf(c),
    actions: <CheckNow path={INTEGRITY_PATH} />,
    body: (
      <IntegrityPage
        chain={{ ...chain, verifiedSequence: verified.sequence, anchorSequence: anchor.sequence }}
        kept={{ days: AUDIT_DAYS[ctx.tenant.plan], plan }}
        now={ctx.services.clock.now()}
      />
    ),
  });
});

pages.post(INTEGRITY_PATH, async (c) => {
  const ctx = c.get("member");
  requireFeature(ctx, AUDIT_LOG);
  await verifyChain(ctx, { lines: LINES_PER_REQUEST });
  return await done(c, { to: INTEGRITY_PATH, flash: textOf(c).checked });
});

pages.get("/audit/:id", async (c) => {
  const ctx = c.get("member");
  const { isSubjectGone, ...entry } = await getAuditEntry(ctx, c.req.param("id"));
  return await page(c, {
    title: textOf(c).entry(String(entry.sequence)),
    trail: trailOf(c),
    body: (
      <EntryPage
        entry={toShown(ctx.services, entry, translatorTo(localeOf(c)))}
        address={AUDIT}
        subjectHref={hrefOfSubject(entry)}
        isSubjectGone={isSubjectGone}
        now={ctx.services.clock.now()}
      />
    ),
  });
});

/** Undefined if subjects of this type have no page. */
function hrefOfSubject({ subject: { type, id, name } }: LogEntry): string | undefined {
  if (type === "project") return `/projects/${id}`;
  if (type === "tenant") return "/settings";
  if (type === "api_key") return `/developers/api-keys/${id}`;
  return type === "member" && name ? `/team?search=${encodeURIComponent(name)}` : undefined;
}

function trailOf(c: Context<MemberEnv>) {
  return [{ label: textOf(c).title, href: AUDIT.path }];
}

function textOf(c: Context<MemberEnv>) {
  return auditText.of(localeOf(c));
}
