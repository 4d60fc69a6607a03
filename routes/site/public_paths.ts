/** The pages that search engines may list. */
export const PUBLIC_PATHS = [
  "/",
  "/pricing",
  "/about",
  "/privacy",
  "/terms",
  "/status",
  "/signup",
  "/login",
] as const;
