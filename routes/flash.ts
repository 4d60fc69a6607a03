import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import type { HttpEnv } from "./http.ts";

const COOKIE = "flash";
const MAX_AGE_SECONDS = 60;

const localPath = z.string().max(300).regex(/^\/(?!\/)/);

const flash = z.object({
  kind: z.enum(["success", "error", "info"]),
  text: z.string().max(300),
  link: z.object({ href: localPath, label: z.string().max(100) }).optional(),
  undo: z.object({ action: localPath, row: z.string().max(100) }).optional(),
});
export type Flash = z.output<typeof flash>;

/** Leaves a message for the next page that this browser opens. The page shows it as text. */
export function sendFlash<Env extends HttpEnv>(c: Context<Env>, message: Flash): void {
  setCookie(c, COOKIE, JSON.stringify(message), {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: c.get("services").config.appUrl.protocol === "https:",
    maxAge: MAX_AGE_SECONDS,
  });
}

/** Reads and removes the message from the previous page. */
export function takeFlash<Env extends HttpEnv>(c: Context<Env>): Flash | undefined {
  const cookie = getCookie(c, COOKIE);
  if (!cookie) return undefined;
  deleteCookie(c, COOKIE, { path: "/" });
  try {
    return flash.parse(JSON.parse(cookie));
  } catch {
    return undefined;
  }
}
