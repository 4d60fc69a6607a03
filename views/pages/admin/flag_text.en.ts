import { plural } from "../../text.ts";

export const en = {
  title: "Feature flags",
  lead: "Turn parts of the product on and off without a deployment. A change applies within five seconds.",
  onFor: (on: number, all: number) => `On for ${on} of ${plural(all, "workspace")}`,
  byDefault: "By default",
  changed: "Changed {time}",
  unused: "No longer in the code",
  none: "No feature flags",
  noneHint: "Declare one with flag() and list it in its feature.",
  percentage: "Percentage of workspaces",
  percentageHint: "0 to 100. Each workspace keeps its place, so a higher number only adds workspaces.",
  plans: "On for every workspace with the plan",
  alwaysOn: "Always on for",
  alwaysOff: "Always off for",
  listHint: "Addresses of workspaces, such as acme, one per line.",
  save: "Save",
  saved: (name: string) => `Saved ${name}.`,
  reset: "Reset to the default",
  resetHint: (isOn: boolean) =>
    isOn ? "The flag is then on for everyone." : "The flag is then off for everyone.",
  remove: "Remove flag",
  removeHint: "The code no longer declares this flag, so what is set here has no effect.",
  wasReset: (name: string) => `Reset ${name}.`,
};
