import assert from "node:assert/strict";
import type { Browser, Page } from "./browser.ts";
import type { World } from "./world.ts";

/** A worker that sends the text messages. */
type Worker = { idle(): Promise<void> };

/** The newest code that was texted to a number. */
export async function textedCode(world: World, worker: Worker, number: string): Promise<string> {
  await worker.idle();
  const [message] = await world.emails(number);
  return /^\d{6}/.exec(message!.text)![0];
}

/** Adds a phone to the account that is signed in on `host`. Returns the page after its first code. */
export async function addPhone(
  world: World,
  worker: Worker,
  browser: Browser,
  { host, number }: { host: string; number: string },
): Promise<Page> {
  const asked = await browser.post(`${host}/account/security/factors`, { type: "sms", phone: number });
  const added = await browser.post(asked.url, { code: await textedCode(world, worker, number) });
  assert.equal(added.status, 200);
  return added;
}

/** The id of the phone whose number ends like this, from a page that offers a code for it. */
export function phoneIdOn({ text }: Page, lastDigits: string): string {
  const before = text.slice(0, text.indexOf(`•••• ${lastDigits}</button>`));
  return before.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g)!.at(-1)!;
}
