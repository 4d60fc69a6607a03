import { browseMembers, MEMBER_LIST, MEMBERS_READ } from "../../src/access/members.ts";
import { MemberList } from "../../views/pages/team/member_list.tsx";
import { teamText } from "../../views/pages/team/text.ts";
import { readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { page } from "../page.tsx";
import { snakeCase } from "../wire.ts";
import { MemberPages } from "./member_pages.ts";

const pages = new MemberPages({
  label: (locale) => teamText.of(locale).title,
  href: "/team",
  icon: "users",
  group: "main",
  position: 30,
  permission: MEMBERS_READ,
});
export default pages;

pages.get("/team", async (c) => {
  const ctx = c.get("member");
  const query = readListAddress(c.req.query(), MEMBER_LIST);
  const { search = "", role = "all", sort } = query;
  const { items, tabs, ...places } = await browseMembers(ctx, query);
  const list = (
    <MemberList
      members={items}
      pages={places}
      counts={tabs}
      view={{ search, role, sort: snakeCase(sort) }}
      now={ctx.services.clock.now()}
    />
  );
  return await page(c, { title: teamText.of(localeOf(c)).title, body: list, partial: list });
});
