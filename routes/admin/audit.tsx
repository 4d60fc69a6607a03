import { type Context, Hono } from "hono";
import {
  browsePlatformEntries,
  getPlatformAuditChoices,
  getPlatformAuditEntry,
  listPlatformEntries,
  PLATFORM_AUDIT_LIST,
} from "../../src/audit/entries.ts";
import { getPlatformChain, verifyPlatformChain } from "../../src/audit/chain.ts";
import { everyItem } from "../../src/platform/list.ts";
import { MAX_PAGE_SIZE } from "../../src/platform/list_query.ts";
import { PLATFORM_AUDIT } from "../../views/pages/audit/audit_address.ts";
import { AuditList } from "../../views/pages/audit/audit_list.tsx";
import { AuditPage, integrityPath } from "../../views/pages/audit/audit_page.tsx";
import { EntryPage } from "../../views/pages/audit/entry_page.tsx";
import { CheckNow, IntegrityPage } from "../../views/pages/audit/integrity_page.tsx";
import { auditText } from "../../views/pages/audit/text.ts";
import { translatorTo } from "../../views/wording.ts";
import { AUDIT_COLUMNS, auditViewOf, LINES_PER_REQUEST, toShown } from "../audit_entries.ts";
import { sendCsv } from "../csv.ts";
import type { StaffEnv } from "../http.ts";
import { readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { done, page } from "../page.tsx";

const INTEGRITY_PATH = integrityPath(PLATFORM_AUDIT);

/** The platform's audit log: what was done to tenants and to the installation. */
export const auditPages = new Hono<StaffEnv>();

auditPages.get("/audit", async (c) => {
  const ctx = c.get("staff");
  const query = readListAddress(c.req.query(), PLATFORM_AUDIT_LIST);
  const [{ items, ...pages }, choices, chain] = await Promise.all([
    browsePlatformEntries(ctx, query),
    getPlatformAuditChoices(ctx),
    getPlatformChain(ctx),
  ]);
  const list = {
    entries: items.map((entry) => toShown(ctx.services, entry, translatorTo(localeOf(c)))),
    pages,
    view: auditViewOf(query),
    address: PLATFORM_AUDIT,
    choices: { ...choices, others: ["job", "system"] as const },
    now: ctx.services.clock.now(),
  };
  return await page(c, {
    title: textOf(c).title,
    body: <AuditPage chain={{ ...chain, verifiedSequence: chain.verified.sequence }} list={list} />,
    partial: <AuditList {...list} />,
  });
});

auditPages.get("/audit/integrity", async (c) => {
  const ctx = c.get("staff");
  const { verified, anchor, ...chain } = await getPlatformChain(ctx);
  return await page(c, {
    title: textOf(c).integrity,
    trail: trailOf(c),
    actions: <CheckNow path={INTEGRITY_PATH} />,
    body: (
      <IntegrityPage
        chain={{ ...chain, verifiedSequence: verified.sequence, anchorSequence: anchor.sequence }}
        kept={null}
        now={ctx.services.clock.now()}
      />
    ),
  });
});

auditPages.post("/audit/integrity", async (c) => {
  await verifyPlatformChain(c.get("staff"), { lines: LINES_PER_REQUEST });
  return await done(c, { to: INTEGRITY_PATH, flash: textOf(c).checked });
});

auditPages.get("/audit.csv", (c) => {
  const ctx = c.get("staff");
  const query = { ...readListAddress(c.req.query(), PLATFORM_AUDIT_LIST), limit: MAX_PAGE_SIZE };
  const rows = everyItem(query, (part) => listPlatformEntries(ctx, part));
  return sendCsv(c, "platform-audit-log.csv", AUDIT_COLUMNS, rows);
});

auditPages.get("/audit/:id", async (c) => {
  const ctx = c.get("staff");
  const entry = await getPlatformAuditEntry(ctx, c.req.param("id"));
  const { type, id, name } = entry.subject;
  return await page(c, {
    title: textOf(c).entry(String(entry.sequence)),
    trail: trailOf(c),
    body: (
      <EntryPage
        entry={toShown(ctx.services, entry, translatorTo(localeOf(c)))}
        address={PLATFORM_AUDIT}
        subjectHref={name === null ? undefined : subjectHref(type, id)}
        now={ctx.services.clock.now()}
      />
    ),
  });
});

/** The page of the tenant or person that an entry is about. */
function subjectHref(type: string | null, id: string | null): string | undefined {
  if (type === "tenant") return `/admin/tenants/${id}`;
  return type === "user" ? `/admin/users/${id}` : undefined;
}

function trailOf(c: Context<StaffEnv>) {
  return [{ label: textOf(c).title, href: PLATFORM_AUDIT.path }];
}

function textOf(c: Context<StaffEnv>) {
  return auditText.of(localeOf(c));
}
