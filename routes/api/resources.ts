/** Every resource of the API, one line each. A resource says itself who may call it. */
export { default as apiKeys } from "./api_keys.ts";
export { default as auditLog } from "./audit_log.ts";
export { default as auth } from "./auth.ts";
export { default as caller } from "./caller.ts";
export { default as dashboard } from "./dashboard.ts";
export { default as factors } from "./factors.ts";
export { default as invitations } from "./invitations.ts";
export { default as joinDomains } from "./join_domains.ts";
export { default as me } from "./me.ts";
export { default as members } from "./members.ts";
export { default as ownership } from "./ownership.ts";
export { default as projects } from "./projects.ts";
export { default as requestLog } from "./request_log.ts";
export { default as roles } from "./roles.ts";
export { default as tenantTokens } from "./tenant_tokens.ts";
export { default as tenants } from "./tenants.ts";
export { default as webhooks } from "./webhooks.ts";
