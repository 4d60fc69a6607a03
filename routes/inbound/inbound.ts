import { Hono } from "hono";
import type { HttpEnv } from "../http.ts";
import { emailNotices } from "./email.ts";

/** What other services report to us. Each report carries a signature and no cookie. */
export const inbound = new Hono<HttpEnv>();

inbound.route("/", emailNotices);
