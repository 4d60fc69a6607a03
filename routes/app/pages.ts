/** The pages of each feature, one line each. */
export { default as brand } from "./brand.tsx";
export { default as dashboard } from "./dashboard.tsx";
export { default as notificationSettings } from "./notification_settings.tsx";
export { default as projects } from "./projects.tsx";
export { default as search } from "./search.tsx";
export { default as settings } from "./settings.tsx";
export { default as switcher } from "./switcher.tsx";
export { default as team } from "./team.tsx";
