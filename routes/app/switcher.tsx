import { pageWorkspaces, WORKSPACE_LIST } from "../../src/tenancy/workspaces.ts";
import { SwitcherList } from "../../views/layouts/account_menus.tsx";
import { markOf } from "../logos.ts";
import { fragment } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

const MAX_WORKSPACES = 10;

/**
 * The workspace switcher's list, which htmx loads when the switcher opens. On a custom domain it is empty: a person's other
 * workspaces don't concern the person who controls the domain.
 */
const pages = new MemberPages();
export default pages;

pages.get("/switcher", async (c) => {
  const { system, tenant, actor, services } = c.get("member");
  const query = WORKSPACE_LIST.query.parse({ limit: MAX_WORKSPACES });
  if (c.get("customDomain") !== null) return await fragment(c, <SwitcherList workspaces={[]} />);
  const { items } = await pageWorkspaces(system, { id: actor.id }, query);
  const others = items.filter((one) => one.tenant.id !== tenant.id)
    .map((one) => ({ id: one.tenant.id, ...markOf(one.tenant, services.config.appUrl) }));
  return await fragment(c, <SwitcherList workspaces={others} />);
});
