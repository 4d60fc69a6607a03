import { Hono } from "hono";
import type { HttpEnv } from "../http.ts";
import { bounces } from "./bounces.ts";
import { emailNotices } from "./email.ts";

/** Reports from other services. Each report has a signature and no cookie. */
export const inbound = new Hono<HttpEnv>();

inbound.route("/", emailNotices);
inbound.route("/", bounces);
