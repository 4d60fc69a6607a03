export const en = {
  title: "Domains",
  lead: "Open your workspace at an address of your own, such as app.example.com.",
  emptyTitle: "Use your own domain",
  notIncluded: (plan: string) => `Custom domains are part of the ${plan} plan and above.`,
  paused: (plan: string) =>
    `Your plan doesn't include custom domains, so none of these answers. They are part of the ${plan} plan and above.`,

  subdomain: "Your workspace always answers at",
  add: "Add a domain",
  domain: "Domain",
  domainHint: "A domain you own, or a part of it, such as app.example.com.",
  addDomain: "Add domain",
  added: (domain: string) => `Now create the DNS records of ${domain}.`,
  full: (maximum: number) => `A workspace can have ${maximum} domains. Remove one to add another.`,

  status: "Status",
  statuses: {
    pending: "Waiting for DNS",
    verified: "Live",
    failing: "TXT record missing",
    lost: "Stopped",
    paused: "Paused",
  },
  use: "Used for",
  primaryUse: "Sign-in and links",
  redirects: (host: string) => `Redirects to ${host}`,
  checked: "Last check",
  neverChecked: "Not checked yet",
  check: "Check now",
  makePrimary: "Make primary",
  unmakePrimary: "Stop using as primary",
  remove: "Remove",
  checkedLive: (domain: string) => `${domain} is live.`,
  checkedPending: "The TXT record doesn't match yet. DNS changes can take an hour.",
  madePrimary: (domain: string) => `Links now use ${domain}.`,
  unmadePrimary: (host: string) => `Links now use ${host}.`,
  primaryHint: "Open the domain in a new tab first. If it leads here, make it primary.",
  failingNotice: (days: number) =>
    `We didn't find the TXT record at the last check. The domain stops ${days} days after it went missing. Restore it, then check again.`,
  lostNotice: "This domain stopped, because its TXT record was missing. Restore it, then check again.",

  dns: "DNS records",
  records: "The domain needs these records where you manage its DNS. We check the TXT record once a day.",
  proof: "TXT record: proves that the domain is yours",
  target: "CNAME record: leads visitors here",
  targetHint:
    "For a domain without a part before it, such as example.com, use an ALIAS or ANAME record instead.",
  name: "Name",
  value: "Value",
  found: "Found at the last check:",

  removeTitle: (domain: string) => `Remove ${domain}?`,
  removeNote:
    "The domain stops immediately, everyone is signed out there, and links to it no longer work. If you add it again, it gets a new TXT record. Delete its DNS records, too.",
  removeDomain: "Remove domain",
  removed: (domain: string) => `${domain} removed.`,
  cancel: "Cancel",
};
