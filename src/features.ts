/** Every feature of the product, one line each. */
export { default as access } from "./access/feature.ts";
export { default as analytics } from "./analytics/feature.ts";
export { default as announcements } from "./announcements/feature.ts";
export { default as apiAccess } from "./api_access/feature.ts";
export { default as audit } from "./audit/feature.ts";
export { default as billing } from "./billing/feature.ts";
export { default as email } from "./email/feature.ts";
export { default as flags } from "./flags/feature.ts";
export { default as identity } from "./identity/feature.ts";
export { default as operations } from "./operations/feature.ts";
export { default as projects } from "./projects/feature.ts";
export { default as rateLimits } from "./rate_limits/feature.ts";
export { default as support } from "./support/feature.ts";
export { default as tenancy } from "./tenancy/feature.ts";
export { default as textMessages } from "./text_messages/feature.ts";
export { default as webhooks } from "./webhooks/feature.ts";
