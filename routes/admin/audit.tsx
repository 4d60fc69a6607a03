import { type Context, Hono } from "hono";
import {
  getPlatformAuditChoices,
  getPlatformAuditEntry,
  listPlatformEntries,
  PLATFORM_AUDIT_LIST,
} from "../../src/audit/entries.ts";
import { everyItem } from "../../src/platform/list.ts";
import { MAX_PAGE_SIZE } from "../../src/platform/list_query.ts";
import { PLATFORM_AUDIT } from "../../views/pages/audit/audit_address.ts";
import { AuditList } from "../../views/pages/audit/audit_list.tsx";
import { EntryPage } from "../../views/pages/audit/entry_page.tsx";
import { auditText } from "../../views/pages/audit/text.ts";
import { translatorTo } from "../../views/wording.ts";
import { AUDIT_COLUMNS, auditViewOf, toShown } from "../audit_entries.ts";
import { sendCsv } from "../csv.ts";
import type { StaffEnv } from "../http.ts";
import { readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { page } from "../page.tsx";

/** The platform's audit log: what was done to tenants and to the installation. */
export const auditPages = new Hono<StaffEnv>();

auditPages.get("/audit", async (c) => {
  const ctx = c.get("staff");
  const query = readListAddress(c.req.query(), PLATFORM_AUDIT_LIST);
  const [{ items, ...pages }, choices] = await Promise.all([
    listPlatformEntries(ctx, query),
    getPlatformAuditChoices(ctx),
  ]);
  const list = (
    <AuditList
      entries={items.map((entry) => toShown(ctx.services, entry, translatorTo(localeOf(c))))}
      pages={pages}
      view={auditViewOf(query)}
      address={PLATFORM_AUDIT}
      choices={{ ...choices, others: ["job", "system"] }}
      now={ctx.services.clock.now()}
    />
  );
  return await page(c, { title: textOf(c).title, body: list, partial: list });
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
    trail: [{ label: textOf(c).title, href: PLATFORM_AUDIT.path }],
    body: (
      <EntryPage
        entry={toShown(ctx.services, entry, translatorTo(localeOf(c)))}
        address={PLATFORM_AUDIT}
        subjectHref={type === "tenant" && name !== null ? `/admin/tenants/${id}` : undefined}
        now={ctx.services.clock.now()}
      />
    ),
  });
});

function textOf(c: Context<StaffEnv>) {
  return auditText.of(localeOf(c));
}
