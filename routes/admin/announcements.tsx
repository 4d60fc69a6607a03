import { type Context, Hono } from "hono";
import {
  type Announcement,
  endAnnouncement,
  listAnnouncements,
  newAnnouncement,
  publishAnnouncement,
} from "../../src/announcements/announcements.ts";
import { PLAN_LIST } from "../../src/billing/plans.ts";
import { announcementText } from "../../views/pages/admin/announcement_text.ts";
import {
  AnnouncementsPage,
  NewAnnouncementLink,
  type ShownAnnouncement,
} from "../../views/pages/admin/announcements_page.tsx";
import { NewAnnouncementPage } from "../../views/pages/admin/new_announcement_page.tsx";
import { translatorTo } from "../../views/wording.ts";
import type { StaffEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page, type RefusedForm } from "../page.tsx";

const PATH = "/admin/announcements";

/** What members see above their pages. */
export const announcementPages = new Hono<StaffEnv>();

announcementPages.get("/announcements", async (c) => {
  const ctx = c.get("staff");
  const announcements = (await listAnnouncements(ctx)).map((each) => shown(c, each));
  return await page(c, {
    title: textOf(c).title,
    actions: announcements.length > 0 ? <NewAnnouncementLink /> : undefined,
    body: <AnnouncementsPage announcements={announcements} now={ctx.services.clock.now()} />,
  });
});

announcementPages.get("/announcements/new", async (c) => await page(c, newPage(c)));

announcementPages.post("/announcements", (c) => {
  return form(c, {
    schema: newAnnouncement,
    submit: (input) => publishAnnouncement(c.get("staff"), input),
    done: () => ({ to: PATH, flash: textOf(c).published }),
    refused: (refused) => newPage(c, refused),
  });
});

announcementPages.post("/announcements/:id/end", async (c) => {
  await endAnnouncement(c.get("staff"), c.req.param("id"));
  return await done(c, { to: PATH, flash: textOf(c).wasEnded });
});

function newPage(c: Context<StaffEnv>, refused?: RefusedForm): Page {
  const props = { plans: plansOf(c), values: refused?.values, errors: refused?.errors };
  const { title, newTitle } = textOf(c);
  return { title: newTitle, trail: [{ label: title, href: PATH }], body: <NewAnnouncementPage {...props} /> };
}

function plansOf(c: Context<StaffEnv>) {
  const translate = translatorTo(localeOf(c));
  return PLAN_LIST.map(({ key, name }) => ({ key, name: translate(name) }));
}

function shown(
  c: Context<StaffEnv>,
  { id, kind, text, linkUrl, plans, endsAt }: Announcement,
): ShownAnnouncement {
  const names = plansOf(c).filter(({ key }) => plans.includes(key)).map(({ name }) => name);
  return { id, kind, text, linkUrl, plans: names, endsAt };
}

function textOf(c: Context<StaffEnv>) {
  return announcementText.of(localeOf(c));
}
