/** The pages that search engines may list. */
export const PUBLIC_PATHS = ["/", "/signup", "/login"] as const;
