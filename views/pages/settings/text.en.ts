export const en = {
  settings: "Settings",
  general: "General",
  ownersOnly: "Only owners and admins can change settings.",

  name: "Name",
  workspaceName: "Workspace name",
  nameHint: "All members see it.",
  saveName: "Save name",
  renamed: (name: string) => `This workspace is now called ${name}.`,

  address: "Address",
  workspaceAddress: "Workspace address",
  workspaceAddressHint: "Lowercase letters, digits and hyphens.",
  addressNote: "The old address redirects to the new one for 90 days. Everyone has to sign in again.",
  changeAddress: "Change address",
  oldAddresses: "Old addresses",
  unchanged: "No changes to save.",

  timeZone: "Time zone",
  workspaceTimeZone: "Workspace time zone",
  timeZoneHint:
    "Days in analytics start at midnight in this time zone. A change takes effect at the next midnight.",
  saveTimeZone: "Save time zone",
  timeZoneSaved: "Time zone saved. It takes effect at the next midnight.",

  details: "Details",
  plan: "Plan",
  created: "Created",

  dangerZone: "Danger zone",
  deletionScheduled:
    "This workspace and everything in it will be permanently deleted on {day}. Until then, it keeps working.",
  deletionNote:
    "The workspace is deleted after 30 days, and a subscription ends with its period. Until then, an owner can cancel the deletion.",
  ownerOnly: "Only an owner can change this.",
  deleteWorkspace: "Delete workspace",
  cancelDeletion: "Cancel deletion",
  scheduled: (name: string, days: number) => `${name} will be deleted in ${days} days.`,
  canceled: "Deletion canceled.",

  deletionDay: "{name} will be deleted in {days} days, on {day}.",
  deletedThen: "This will be permanently deleted:",
  deleted: [
    "All projects.",
    "Everyone's access. Members keep their accounts and other workspaces.",
    "The activity history.",
  ],
  deletionGrace:
    "Until then, everything keeps working, and any owner can cancel the deletion. After that, nobody can restore the workspace.",
  confirmation: "The workspace's name",
  cancel: "Cancel",

  signInRules: "Security",
  signInRulesLead: "How members sign in to this workspace.",
  secondFactor: "Two-step verification",
  notRequired: "Members decide for themselves whether they use two-step verification.",
  requiredFrom: "Members need two-step verification from {day}.",
  requiredNow: "All members need two-step verification.",
  graceDays: "Members have to set it up",
  graceHint: "After that, the workspace stays closed for members without it.",
  inDays: (days: number) => days === 0 ? "Right away" : `Within ${days} days`,
  requireSecondFactor: "Require two-step verification",
  stopRequiring: "Stop requiring it",
  rulesSaved: "Sign-in rules saved.",

  api: "API",
  apiLead: "How programs reach this workspace.",
  origins: "Websites",
  originsNote:
    "Scripts on these websites can call the API at this workspace's address. They still need a token. Programs that aren't websites don't need this.",
  originsLabel: "Allowed websites",
  originsHint: "One per line, such as https://app.example.com.",
  saveOrigins: "Save websites",
  originsSaved: "Allowed websites saved.",
};
