import { asc, eq } from "drizzle-orm";
import { outbox } from "../../db/control/schema/outbox.ts";
import { pushSubscriptions } from "../../db/control/schema/web_push.ts";
import type { User } from "../../src/identity/users.ts";
import type { PushMessage } from "../../src/web_push/message.ts";
import { sendPush } from "../../src/web_push/send_push.ts";
import type { Browser, Page } from "./browser.ts";
import type { PushBrowser } from "./push_service.ts";
import { type Company, PASSWORD, World } from "./world.ts";

export const MESSAGE: PushMessage = {
  title: "Grace joined",
  body: "Grace Hopper joined Acme.",
  path: "/team",
  tag: "member-joined",
};

/** A world in which push services may be on this machine. */
export function openPushWorld(variables: Record<string, string> = {}): Promise<World> {
  return World.open({ WEBHOOKS_ALLOW_PRIVATE: "1", ...variables });
}

/** A browser in which a person is signed in to a company's workspace. */
export async function signedIn(world: World, { tenant }: Company, email: string): Promise<Browser> {
  const browser = world.browser();
  const host = world.host(tenant.subdomain);
  await browser.post(`http://${host}/login`, { email, password: PASSWORD });
  return browser;
}

/** Turns notifications on, as the page's script does. */
export function turnOn(
  world: World,
  { tenant }: Company,
  browser: Browser,
  { endpoint, keys }: Pick<PushBrowser, "endpoint" | "keys">,
): Promise<Page> {
  const address = `http://${world.host(tenant.subdomain)}/account/push-subscriptions`;
  return browser.post(address, { endpoint, ...keys });
}

/** Sends a message in a transaction of its own. */
export async function push(
  { ctx }: Company,
  { id }: User,
  message: Partial<PushMessage> = {},
): Promise<void> {
  await ctx.tx((tx) => sendPush(ctx, tx, { ...MESSAGE, userId: id, ...message }));
}

/** All subscriptions, the oldest first. */
export async function subscriptionsIn(world: World) {
  return await world.system.control.select().from(pushSubscriptions)
    .orderBy(asc(pushSubscriptions.createdAt), asc(pushSubscriptions.id));
}

/** The deliveries that were enqueued, the oldest first. */
export async function pushJobs(world: World) {
  return await world.system.control.select().from(outbox).where(eq(outbox.name, "web_push.deliver"))
    .orderBy(asc(outbox.createdAt), asc(outbox.id));
}
