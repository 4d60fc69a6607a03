import { dismissAnnouncement } from "../../src/announcements/announcements.ts";
import { done } from "../page.tsx";
import { senderOf } from "../site/redirects.ts";
import { MemberPages } from "./member_pages.ts";

/** Hides what the platform's staff announce. */
const pages = new MemberPages();
export default pages;

pages.post("/announcements/:id/dismissal", async (c) => {
  await dismissAnnouncement(c.get("member"), c.req.param("id"));
  return await done(c, { to: senderOf(c), partial: "" });
});
