/** The pages of each feature, one line each. */
export { default as account } from "./account.tsx";
export { default as accountData } from "./account_data.tsx";
export { default as accountEmail } from "./account_email.tsx";
export { default as accountNotifications } from "./account_notifications.tsx";
export { default as accountSecurity } from "./account_security.tsx";
export { default as accountSessions } from "./account_sessions.tsx";
export { default as audit } from "./audit.tsx";
export { default as brand } from "./brand.tsx";
export { default as dashboard } from "./dashboard.tsx";
export { default as invitations } from "./invitations.tsx";
export { default as joinDomains } from "./join_domains.tsx";
export { default as projects } from "./projects.tsx";
export { default as search } from "./search.tsx";
export { default as settings } from "./settings.tsx";
export { default as signInRules } from "./sign_in_rules.tsx";
export { default as switcher } from "./switcher.tsx";
export { default as team } from "./team.tsx";
