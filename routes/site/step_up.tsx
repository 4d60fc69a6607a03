import { Hono } from "hono";
import { unauthenticated } from "../../src/errors.ts";
import { type HttpEnv, readForm, redirect } from "../http.ts";
import { STEP_UP_PATH, stepUpPage } from "../step_up.tsx";
import { safeNext } from "./redirects.ts";

/** Asks a person to prove who they are, then leads to the page in `next`. */
export const stepUpPages = new Hono<HttpEnv>();

stepUpPages.get(STEP_UP_PATH, (c) => {
  if (!c.get("session")) throw unauthenticated();
  return stepUpPage(c);
});

/** `confirmIdentity` has checked the proof. */
stepUpPages.post(STEP_UP_PATH, async (c) => {
  if (!c.get("session")) throw unauthenticated();
  const { next, step_up } = await readForm(c);
  return step_up === undefined ? await stepUpPage(c) : redirect(c, safeNext(next, "/"));
});
