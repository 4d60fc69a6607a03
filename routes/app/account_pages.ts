import { Hono } from "hono";
import type { AccountEnv } from "../http.ts";
import type { PlacedLink } from "./member_pages.ts";

/** Pages about the person who is signed in, for members of a workspace and, in the same way, on the apex. */
export class AccountPages extends Hono<AccountEnv> {
  readonly link: PlacedLink;

  constructor(link: Omit<PlacedLink, "group">) {
    super();
    this.link = { ...link, group: "account" };
  }
}
