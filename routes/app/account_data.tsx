import type { Context } from "hono";
import { accountDeletion, deleteOwnAccount, findOwnedAlone } from "../../src/identity/account_deletion.ts";
import { exportPersonalData } from "../../src/identity/personal_data.ts";
import { getUserById } from "../../src/identity/users.ts";
import { DataPage } from "../../views/pages/account/data_page.tsx";
import { accountText } from "../../views/pages/account/text.ts";
import { type AccountEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { forgetSession } from "../middleware/session.ts";
import { form, type Page, page, type RefusedForm } from "../page.tsx";
import { AccountPages } from "./account_pages.ts";

const PATH = "/account/data";

/** What is stored about a person, and the end of their account. */
const pages = new AccountPages({
  label: (locale) => accountText.of(locale).data,
  href: PATH,
  position: 50,
});
export default pages;

pages.get(PATH, async (c) => await page(c, await dataPage(c)));

pages.get("/account/data.json", async (c) => {
  const data = await exportPersonalData(systemContextOf(c), c.get("session").actor.id);
  return c.body(JSON.stringify(data, null, 2), 200, {
    "Content-Type": "application/json",
    "Content-Disposition": `attachment; filename="my-data.json"`,
  });
});

pages.post("/account/data/deletion", (c) => {
  return form(c, {
    schema: accountDeletion,
    submit: (input) => deleteOwnAccount(systemContextOf(c), c.get("session"), input),
    done: () => {
      forgetSession(c);
      return { to: "/login", flash: accountText.of(localeOf(c)).accountDeleted };
    },
    refusals: ["invalid", "conflict", "rate_limited"],
    refused: (refused) => dataPage(c, refused),
  });
});

async function dataPage(c: Context<AccountEnv>, refused?: RefusedForm): Promise<Page> {
  const text = accountText.of(localeOf(c));
  const ctx = systemContextOf(c);
  const { id } = c.get("session").actor;
  const [{ passwordHash }, ownedAlone] = await Promise.all([
    getUserById(ctx.control, id),
    findOwnedAlone(ctx, id),
  ]);
  const { errors, problem } = refused ?? {};
  const props = { hasPassword: passwordHash !== null, ownedAlone, errors, problem };
  return {
    title: text.data,
    trail: [{ label: text.account, href: "/account" }],
    body: <DataPage {...props} />,
  };
}
