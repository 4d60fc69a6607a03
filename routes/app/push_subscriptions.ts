import { parseInput } from "../../src/platform/input.ts";
import {
  addSubscription,
  hasSubscription,
  newSubscription,
  removeSubscription,
  subscriptionAddress,
} from "../../src/web_push/subscriptions.ts";
import { readForm, systemContextOf } from "../http.ts";
import { MemberPages } from "./member_pages.ts";

const PATH = "/account/push-subscriptions";

/** What views/static/push.js calls to turn a person's notifications in this browser on and off. */
const pages = new MemberPages();
export default pages;

pages.post(PATH, async (c) => {
  const { actor, signInId, tenantId } = c.get("session");
  const { endpoint, p256dh, auth } = await readForm(c);
  const input = parseInput(newSubscription, { endpoint, keys: { p256dh, auth } });
  await addSubscription(systemContextOf(c), { userId: actor.id, signInId, tenantId }, input);
  return c.body(null, 204);
});

pages.post(`${PATH}/check`, async (c) => {
  const { actor, signInId } = c.get("session");
  const input = parseInput(subscriptionAddress, await readForm(c));
  const isOn = await hasSubscription(systemContextOf(c), { userId: actor.id, signInId, ...input });
  return c.body(null, isOn ? 204 : 404);
});

pages.post(`${PATH}/remove`, async (c) => {
  const input = parseInput(subscriptionAddress, await readForm(c));
  await removeSubscription(systemContextOf(c), c.get("session").actor.id, input);
  return c.body(null, 204);
});
