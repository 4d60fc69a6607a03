export const en = {
  title: "Sending domain",
  lead:
    "Send campaigns from an address at your own domain. Readers know it, and fewer emails end up as spam.",
  notIncluded: (plan: string) => `Campaigns are part of the ${plan} plan and above.`,
  emptyTitle: "Send from your own address",

  set: "Your domain",
  domain: "Domain",
  domainHint: "A domain or subdomain that you own, such as example.com or mail.example.com.",
  sender: "Address",
  senderHint: "Campaigns come from this address.",
  senderSuffix: (domain: string) => `@${domain}`,
  yourDomain: "your domain",
  add: "Add domain",
  added: (domain: string) => `Now create the DNS records of ${domain}.`,
  saved: "Sending domain saved.",

  status: "Status",
  statuses: { pending: "Waiting for DNS", verified: "Verified", lost: "No longer verified" },
  from: "From",
  checked: "Last check",
  neverChecked: "Not checked yet",
  check: "Check now",
  checkedVerified: "Your domain is verified.",
  checkedPending: "The DKIM record doesn't match yet. DNS changes can take an hour.",
  lostNotice:
    "Campaigns no longer come from your domain, because its DKIM record is missing or has changed. Restore the record, then check again.",
  missingNotice:
    "The DKIM record is missing. If it is still missing in six hours, campaigns come from our address again.",
  policyNotice: "Add the DMARC record as well. Gmail and Yahoo require it from bulk senders.",
  unsignedNotice:
    "Campaigns keep coming from our address: the email service of this installation can't sign for your domain.",

  records: "DNS records",
  recordsLead: (domain: string) =>
    `Create these records where you manage the DNS of ${domain}. If your provider adds the domain to names by itself, leave “.${domain}” off.`,
  dailyCheck: "We check the records once a day.",
  purposes: {
    dkim: "DKIM signs your emails",
    mx: "Bounces come back to us",
    spf: "SPF allows us to send",
    dmarc: "DMARC protects your name",
  },
  needed: "Required",
  states: { found: "Found", missing: "Missing", different: "Different" },
  type: (type: string) => `Type ${type}`,
  name: "Name",
  value: "Value",
  found: "Found instead:",

  change: "Change domain",
  changeNote: "A different domain gets new DNS records, and has to be verified again.",
  save: "Save changes",
  remove: "Remove domain",
  removeTitle: (domain: string) => `Remove ${domain}?`,
  removeNote:
    "Campaigns will come from our address again. The signing key will be permanently deleted: if you add the domain later, it gets new DNS records.",
  removed: (domain: string) => `${domain} removed.`,
  cancel: "Cancel",
};
