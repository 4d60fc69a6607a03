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
  type ListedAnnouncement,
} from "../../src/announcements/announcements.ts";
import {
  announce,
  campaignUrl,
  type DraftWords,
  emailedAnnouncement,
} from "../../src/announcements/email_draft.ts";
import { chooseNewsSender, findNewsSender, newsSenderInput } from "../../src/announcements/news_sender.ts";
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

announcementPages.get("/announcements", async (c) => await page(c, await listPage(c)));

/** Which workspace emails news. */
announcementPages.post("/announcements/sender", (c) =>
  form(c, {
    schema: newsSenderInput,
    submit: async (input) => {
      await chooseNewsSender(c.get("staff"), input);
      return input.subdomain !== "";
    },
    done: (isChosen) => ({ to: PATH, flash: isChosen ? textOf(c).senderSaved : textOf(c).senderCleared }),
    refused: (refused) => listPage(c, refused),
  }));

announcementPages.get("/announcements/new", async (c) => await page(c, await newPage(c)));

/** What members would see, while staff type. */
announcementPages.get("/announcements/preview", async (c) => {
  return await fragment(c, <AnnouncementPreview preview={previewOf(c.req.query())} />);
});

announcementPages.post("/announcements", async (c) => {
  const fields = await readForm(c);
  if (fields.preview !== undefined) return await page(c, await newPage(c, { values: fields, errors: {} }));
  return await form(c, {
    schema: emailedAnnouncement,
    submit: async (input) => {
      await announce(c.get("staff"), input, draftWords(c));
      return input.sendsEmail === "on";
    },
    done: (hasDraft) => ({ to: PATH, flash: hasDraft ? textOf(c).publishedWithDraft : textOf(c).published }),
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

async function listPage(c: Context<StaffEnv>, refused: Partial<RefusedForm> = {}): Promise<Page> {
  const ctx = c.get("staff");
  const [listed, sender] = await Promise.all([listAnnouncements(ctx), findNewsSender(ctx)]);
  const chosen = sender && { ...sender, subdomain: sender.tenant.subdomain };
  return {
    title: textOf(c).title,
    actions: listed.length > 0 ? <NewAnnouncementLink /> : undefined,
    body: (
      <AnnouncementsPage
        announcements={listed.map((each) => shown(c, each))}
        now={ctx.services.clock.now()}
        sender={{ ...refused, sender: chosen }}
      />
    ),
  };
}

async function newPage(
  c: Context<StaffEnv>,
  { values = {}, errors }: Partial<RefusedForm> = {},
): Promise<Page> {
  const sender = await findNewsSender(c.get("staff"));
  const props = { plans: plansOf(c), preview: previewOf(values), values, errors };
  return {
    title: textOf(c).newTitle,
    trail: trailOf(c),
    body: <AnnouncementFormPage {...props} sender={sender?.isAble ? sender.tenant.name : null} />,
  };
}

function editPage(
  c: Context<StaffEnv>,
  announcement: Announcement,
  { values = valuesOf(announcement), errors }: Partial<RefusedForm> = {},
): Page {
  const props = { announcement, plans: plansOf(c), sender: null, preview: previewOf(values), values, errors };
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
  { id, kind, text, linkUrl, plans, endsAt, senderSubdomain }: ListedAnnouncement,
): ShownAnnouncement {
  const url = senderSubdomain === null ? null : campaignUrl(c.get("staff"), senderSubdomain, id);
  return { id, kind, text, linkUrl, plans: namesOf(c, plans), endsAt, campaignUrl: url };
}

function draftWords(c: Context<StaffEnv>): DraftWords {
  const { readMore, segmentName } = textOf(c);
  return { readMore, segmentName: (plans) => segmentName(namesOf(c, plans).join(", ")) };
}

function namesOf(c: Context<StaffEnv>, plans: readonly string[]): string[] {
  return plansOf(c).filter(({ key }) => plans.includes(key)).map(({ name }) => name);
}

function textOf(c: Context<StaffEnv>) {
  return announcementText.of(localeOf(c));
}
