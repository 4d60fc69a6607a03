import type { Context } from "hono";
import type { Child } from "hono/jsx";
import { fragment } from "./page.tsx";
import type { HttpEnv } from "./http.ts";

/** A page that renders its own layout. */
export function render<Env extends HttpEnv>(
  c: Context<Env>,
  content: Child,
  status?: 422,
): Promise<Response> {
  return fragment(c, content, status);
}
