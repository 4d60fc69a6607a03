export const en = {
  optional: "Optional",
  close: "Close",
  loading: "Loading",
  confirm: (text: string) => `To confirm, type: ${text}`,
  emails: "Emails you get",
  alwaysSent: "You always get emails about your account, such as password resets and payments.",
  redirectsUntil: "redirects until {day}",
  suspended: "Suspended",
  deletionOn: "Deletion on {day}",
  justNow: "just now",
};
