/** The pages that search engines may list. */
export const PUBLIC_PATHS = [
  "/",
  "/pricing",
  "/docs",
  "/docs/user",
  "/about",
  "/privacy",
  "/terms",
  "/status",
  "/signup",
  "/login",
] as const;
