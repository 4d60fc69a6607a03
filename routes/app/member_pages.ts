import { Hono } from "hono";
import type { NavigationLink } from "../../views/layouts/navigation.tsx";
import type { MemberEnv } from "../http.ts";

/** A link in the navigation. Within its group, links with a lower `position` come first. */
export type PlacedLink = NavigationLink & { position: number };

/** A feature's pages for the members of a workspace. With a link, they appear in the navigation. */
export class MemberPages extends Hono<MemberEnv> {
  constructor(readonly link?: PlacedLink) {
    super();
  }
}
