export const en = {
  title: "Suppressed email",
  addTitle: "Suppress an address",
  addLead: "The address won't get email from any tenant, including invitations and password links.",
  email: "Email address",
  note: "Note",
  noteHint: "Visible to staff only.",
  suppress: "Suppress address",
  cancel: "Cancel",
  releaseTitle: "Release an address",
  facts: { address: "Address", reason: "Reason", blocked: "Blocked", detail: "Detail", since: "Since" },
  advice: {
    bounce:
      "The address will get email again. If an email bounces, the address is suppressed again. Bounces hurt our sender reputation.",
    complaint:
      "The recipient marked an email as spam. Release the address only if they asked to get email again.",
    manual: "The address will get email again.",
  },
  release: "Release address",
  suppressed: (address: string) => `${address} won't get any more email.`,
  released: (address: string) => `${address} can get email again.`,
};
