import { plural } from "../../text.ts";

const count = (value: number) => value.toLocaleString("en-US");

export const en = {
  title: "Sequences",
  lead: "Emails that contacts get one after another, each at their own pace.",
  new: "New sequence",
  none: "Write once, send at the right time",
  noneHint: "For example, welcome new contacts on day one, and share tips three days later.",
  notIncluded: (plan: string) => `Campaigns are part of the ${plan} plan and above.`,

  columns: { name: "Name", status: "Status", inside: "In progress", finished: "Ended", created: "Created" },
  active: "Active",
  stopped: "Stopped",

  edit: "Edit sequence",
  start: "Start sequence",
  stop: "Stop sequence",
  remove: "Delete sequence",
  created: (name: string) => `${name} created. Now add steps.`,
  saved: "Sequence saved.",
  started: "Sequence started.",
  stoppedNow: "Sequence stopped.",
  deleted: (name: string) => `${name} deleted.`,
  deleteTitle: (name: string) => `Delete ${name}?`,
  deleteNote: "Its steps and figures will be permanently deleted. Contacts stay.",
  cancel: "Cancel",
  stopFirst: "Stop the sequence to change it.",

  details: "Details",
  facts: { trigger: "Starts", goal: "Ends early", cap: "At most", started: "Contacts", ended: "Ended" },
  triggers: {
    tag: (value: string) => `When tagged ${value}`,
    list: (value: string) => `When added to the list ${value}`,
    event: (value: string) => `On the event ${value}`,
  },
  unknownList: "that was deleted",
  noGoal: "Only when someone unsubscribes",
  cap: (emails: number, days: number) => `${plural(emails, "email")} in ${plural(days, "day")}`,
  noCap: "No limit",
  contacts: ({ started, active }: { started: number; active: number }) =>
    `${count(started)} started, ${count(active)} in progress`,
  endings: ({ finished, goal, unsubscribed }: { finished: number; goal: number; unsubscribed: number }) =>
    `${count(finished)} got all emails, ${count(goal)} reached the goal, ${count(unsubscribed)} unsubscribed`,

  form: {
    name: "Name",
    nameHint: "Only your team sees it.",
    trigger: "What starts it?",
    triggerTypes: { tag: "A tag", list: "A list", event: "An event" },
    triggerValue: "Tag or event",
    triggerHint:
      "Everyone with the tag goes through it once. Events count by the contact's ID, from the first start on.",
    list: "List",
    noList: "Choose a list",
    goal: "What ends it early?",
    goalTypes: { none: "Nothing", tag: "A tag", event: "An event" },
    goalValue: "Tag or event",
    goalHint: "Leave this empty if nothing does.",
    capEmails: "Maximum emails",
    capDays: "Per how many days",
    capHint: "Counts the emails of all sequences. Leave both empty for no limit.",
    create: "Create sequence",
    save: "Save changes",
  },

  steps: "Steps",
  noSteps: "Add the first email.",
  addStep: "Add step",
  editStep: "Edit step",
  newStep: "New step",
  stepAdded: "Step added.",
  stepSaved: "Step saved.",
  stepRemoved: "Step removed.",
  moveUp: (subject: string) => `Move up: ${subject}`,
  removeStep: (subject: string) => `Remove: ${subject}`,
  up: "Move up",
  removeShort: "Remove",
  delays: (hours: number) =>
    hours === 0
      ? "Immediately"
      : hours % 24 === 0
      ? `After ${plural(hours / 24, "day")}`
      : `After ${plural(hours, "hour")}`,
  conditions: {
    tag: (value: string) => `only with the tag ${value}`,
    clicked: "only after a click in the previous email",
  },
  preview: "Preview",
  previewStep: (subject: string) => `Preview: ${subject}`,
  sendTest: "Send a test to me",
  testSent: "The test is on its way to your inbox.",
  stepFigures: ({ sent, clicked, bounced, skipped }: {
    sent: number;
    clicked: number;
    bounced: number;
    skipped: number;
  }) =>
    `${count(sent)} sent, ${count(clicked)} clicked, ${count(bounced)} bounced, ${count(skipped)} skipped`,

  stepForm: {
    delay: "Hours to wait",
    delayHint: "After the previous step, or after the start. 24 is a day.",
    condition: "Who gets it?",
    conditionTypes: {
      all: "Everyone",
      tag: "Contacts with a tag",
      clicked: "Contacts who clicked in the previous email",
    },
    tag: "Tag",
    tagHint: "Only if contacts need a tag.",
    subject: "Subject",
    body: "Text",
    bodyHint: "Markdown. Merge fields such as {{ name | there }} work as in campaigns.",
    add: "Add step",
    save: "Save step",
  },
};
