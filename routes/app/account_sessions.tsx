import { listSignIns, revokeOtherSignIns, revokeSignIn, SIGN_IN_LIST } from "../../src/identity/sign_ins.ts";
import { ATTEMPT_LIST, listAttempts } from "../../src/identity/sign_in_history.ts";
import { ACTIVITY_PATH, SessionsPage } from "../../views/pages/account/sessions_page.tsx";
import { accountText } from "../../views/pages/account/text.ts";
import { AttemptsPage } from "../../views/pages/sign_in_attempts/attempts_page.tsx";
import { attemptText } from "../../views/pages/sign_in_attempts/text.ts";
import { systemContextOf } from "../http.ts";
import { pageLinks, readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { done, page } from "../page.tsx";
import { AccountPages } from "./account_pages.ts";

const PATH = "/account/sessions";

/** The browsers in which a person is signed in. */
const pages = new AccountPages({
  label: (locale) => accountText.of(locale).sessions,
  href: PATH,
  position: 30,
});
export default pages;

pages.get(PATH, async (c) => {
  const text = accountText.of(localeOf(c));
  const { actor, signInId } = c.get("session");
  const query = readListAddress(c.req.query(), SIGN_IN_LIST);
  const { items, ...cursors } = await listSignIns(systemContextOf(c), actor.id, query);
  const list = {
    signIns: items,
    currentId: signInId,
    now: c.get("services").clock.now(),
    pages: pageLinks(PATH, cursors),
  };
  return await page(c, {
    title: text.sessions,
    trail: [{ label: text.account, href: "/account" }],
    body: <SessionsPage {...list} />,
  });
});

pages.get(ACTIVITY_PATH, async (c) => {
  const text = accountText.of(localeOf(c));
  const { title, lead } = attemptText.of(localeOf(c));
  const query = readListAddress(c.req.query(), ATTEMPT_LIST);
  const { items, ...cursors } = await listAttempts(systemContextOf(c), c.get("session").actor.id, query);
  const list = {
    attempts: items,
    now: c.get("services").clock.now(),
    pages: pageLinks(ACTIVITY_PATH, cursors),
  };
  return await page(c, {
    title,
    trail: [{ label: text.account, href: "/account" }, { label: text.sessions, href: PATH }],
    body: <AttemptsPage lead={lead} {...list} />,
  });
});

pages.post("/account/sessions/end-others", async (c) => {
  const { actor, signInId } = c.get("session");
  await revokeOtherSignIns(systemContextOf(c), actor.id, { except: signInId });
  return await done(c, { to: PATH, flash: accountText.of(localeOf(c)).othersEnded });
});

pages.post("/account/sessions/:id/end", async (c) => {
  await revokeSignIn(systemContextOf(c), c.get("session").actor.id, c.req.param("id"));
  return await done(c, { to: PATH, flash: accountText.of(localeOf(c)).sessionEnded });
});
