export const en = {
  settings: "Settings",
  title: "Data",
  lead: "Download everything that this workspace contains, as one archive.",

  archive: "Archive",
  none: "There is no archive yet. Creating one takes a moment, or longer for a large workspace.",
  pending: "Started: {time}. You'll get a notification and an email when the archive is ready.",
  failed: "The archive couldn't be created. Try again. If it fails again, contact support.",
  ready: "Ready to download until {day}, {time}. After that, it is deleted.",
  start: "Create an archive",
  startAgain: "Create a new archive",
  refresh: "Refresh",
  download: "Download archive",
  started: "The archive is being created.",

  size: "Size",
  rows: "Records",
  made: "Created",
  requestedBy: "Requested by",
  checksum: "SHA-256",

  contents: "What it contains",
  included: [
    "Everything in the workspace, such as projects, the audit log, and the logo.",
    "Members with their names, email addresses, and roles.",
    "Custom roles, webhooks with their deliveries, and saved reports.",
    "Analytics events and API calls.",
  ],
  leftOut:
    "It contains no secrets: no passwords, sign-ins, API keys, webhook secrets, or invitation links. Invoices stay under Billing.",
};
