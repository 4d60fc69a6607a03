import { type Context, Hono } from "hono";
import {
  type Announcement,
  announcementChanges,
  announcementPreview,
  changeAnnouncement,
  deleteAnnouncement,
  endAnnouncement,
  getAnnouncement,
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
import {
  AnnouncementFormPage,
  AnnouncementPreview,
  type PreviewedAnnouncement,
} from "../../views/pages/admin/announcement_form_page.tsx";
import { DeleteAnnouncementPage } from "../../views/pages/admin/delete_announcement_page.tsx";
import { translatorTo } from "../../views/wording.ts";
import { type Fields, readForm, type StaffEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, fragment, type Page, page, type RefusedForm } from "../page.tsx";
import { readWire } from "../wire.ts";

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

/** What members would see, while staff type. */
announcementPages.get("/announcements/preview", async (c) => {
  return await fragment(c, <AnnouncementPreview preview={previewOf(c.req.query())} />);
});

announcementPages.post("/announcements", async (c) => {
  const fields = await readForm(c);
  if (fields.preview !== undefined) return await page(c, newPage(c, { values: fields, errors: {} }));
  return await form(c, {
    schema: newAnnouncement,
    submit: (input) => publishAnnouncement(c.get("staff"), input),
    done: () => ({ to: PATH, flash: textOf(c).published }),
    refused: (refused) => newPage(c, refused),
  });
});

announcementPages.get("/announcements/:id/edit", async (c) => {
  const announcement = await getAnnouncement(c.get("staff"), c.req.param("id"));
  const isOver = announcement.endsAt <= c.get("services").clock.now();
  return isOver ? c.redirect(PATH, 303) : await page(c, editPage(c, announcement));
});

announcementPages.post("/announcements/:id", async (c) => {
  const ctx = c.get("staff");
  const id = c.req.param("id");
  const announcement = await getAnnouncement(ctx, id);
  const fields = await readForm(c);
  if (fields.preview !== undefined) {
    return await page(c, editPage(c, announcement, { values: fields, errors: {} }));
  }
  return await form(c, {
    schema: announcementChanges,
    submit: (input) => changeAnnouncement(ctx, id, input),
    done: () => ({ to: PATH, flash: textOf(c).saved }),
    refused: (refused) => editPage(c, announcement, refused),
  });
});

announcementPages.post("/announcements/:id/end", async (c) => {
  await endAnnouncement(c.get("staff"), c.req.param("id"));
  return await done(c, { to: PATH, flash: textOf(c).wasEnded });
});

announcementPages.get("/announcements/:id/delete", async (c) => {
  const announcement = await getAnnouncement(c.get("staff"), c.req.param("id"));
  return await page(c, {
    title: textOf(c).deleteTitle,
    trail: trailOf(c),
    body: <DeleteAnnouncementPage announcement={announcement} />,
  });
});

announcementPages.post("/announcements/:id/delete", async (c) => {
  await deleteAnnouncement(c.get("staff"), c.req.param("id"));
  return await done(c, { to: PATH, flash: textOf(c).deleted });
});

function newPage(c: Context<StaffEnv>, { values = {}, errors }: Partial<RefusedForm> = {}): Page {
  const props = { plans: plansOf(c), preview: previewOf(values), values, errors };
  return { title: textOf(c).newTitle, trail: trailOf(c), body: <AnnouncementFormPage {...props} /> };
}

function editPage(
  c: Context<StaffEnv>,
  announcement: Announcement,
  { values = valuesOf(announcement), errors }: Partial<RefusedForm> = {},
): Page {
  const props = { announcement, plans: plansOf(c), preview: previewOf(values), values, errors };
  return { title: textOf(c).editTitle, trail: trailOf(c), body: <AnnouncementFormPage {...props} /> };
}

/** The form's fields for an announcement. */
function valuesOf({ text, kind, linkUrl, plans }: Announcement): Fields {
  return {
    text,
    kind,
    link_url: linkUrl ?? "",
    ...Object.fromEntries(plans.map((plan) => [`plan_${plan}`, "on"])),
  };
}

function previewOf(fields: Fields): PreviewedAnnouncement {
  return readWire(announcementPreview, fields);
}

function trailOf(c: Context<StaffEnv>) {
  return [{ label: textOf(c).title, href: PATH }];
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
