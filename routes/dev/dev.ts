import { Hono } from "hono";
import type { HttpEnv } from "../http.ts";
import { componentPages } from "./components.tsx";
import { emailPages } from "./emails.tsx";
import { mailboxPages } from "./mailbox.tsx";

/** Pages for the people who build the product. Production has none of them. */
export const dev = new Hono<HttpEnv>();

for (const pages of [componentPages, emailPages, mailboxPages]) dev.route("/", pages);
