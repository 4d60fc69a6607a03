import { Hono } from "hono";
import type { HttpEnv } from "../http.ts";
import { componentPages } from "./components.tsx";
import { emailPages } from "./emails.tsx";
import { mailboxPages } from "./mailbox.tsx";

/** Pages for developers. Production doesn't serve them. */
export const dev = new Hono<HttpEnv>();

for (const pages of [componentPages, emailPages, mailboxPages]) dev.route("/", pages);
