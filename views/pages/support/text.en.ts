export const en = {
  title: "Support access",
  settings: "Settings",
  lead: "Let our support team see the workspace as one of its members, to help you with a problem.",
  limits:
    "Support can't open billing, security settings, roles, or anyone's account. Every visit is in the audit log.",

  give: "Give access",
  access: "What support may do",
  accesses: { read: "View only", change: "View and change" },
  accessHint: "Choose changes only if support should fix something for you.",
  duration: "How long",
  durations: { hour: "1 hour", day: "1 day", week: "7 days" },
  note: "What's the problem?",
  noteHint: "Support reads this before they start.",
  submit: "Give support access",
  granted: "Support has access.",

  current: "Support has access",
  withoutConsent: "Support is viewing this workspace now, read-only. The reason is in the list below.",
  endVisit: "End the visit",
  revoke: "Revoke access",
  revoked: "Access revoked.",

  visits: "Visits",
  visitPages: "Pages of visits",
  noVisits: "No visits yet",
  noVisitsHint: "Visits by support will be listed here.",
  as: "{staff} as {member}",
  running: "Now",
  facts: { access: "Access", ends: "Ends", givenBy: "Given by", note: "Problem" },
  formerMember: "Former member",
};
