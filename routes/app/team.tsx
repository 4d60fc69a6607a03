import { listMembers, MEMBER_LIST } from "../../src/access/members.ts";
import { MemberList, MemberRows } from "../../views/pages/team/member_list.tsx";
import { TeamPage } from "../../views/pages/team/team_page.tsx";
import { readListAddress } from "../list_address.ts";
import { page } from "../page.tsx";
import { snakeCase } from "../wire.ts";
import { MemberPages } from "./member_pages.ts";

const pages = new MemberPages({
  label: "Members",
  href: "/team",
  icon: "users",
  group: "main",
  position: 30,
});
export default pages;

pages.get("/team", async (c) => {
  const query = readListAddress(c, MEMBER_LIST);
  const { search, role, sort, cursor } = query;
  const { items, nextCursor } = await listMembers(c.get("member"), query);
  const list = {
    members: items,
    nextCursor,
    query: { search: search ?? "", role: role ?? "all" as const, sort: snakeCase(sort) },
  };
  return await page(c, {
    title: "Members",
    body: <TeamPage {...list} />,
    partial: cursor ? <MemberRows {...list} /> : <MemberList {...list} />,
  });
});
