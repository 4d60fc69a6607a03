import assert from "node:assert/strict";
import type { World } from "./world.ts";

/** The token in the link of the latest email of a kind to an address. */
export async function emailedToken(world: World, message: string, to: string): Promise<string> {
  const email = (await world.emails(to)).find((one) => one.message === message);
  assert.ok(email, `an email ${message} was sent to ${to}`);
  return new URL(email.links.find((link) => link.includes("token="))!).searchParams.get("token")!;
}
