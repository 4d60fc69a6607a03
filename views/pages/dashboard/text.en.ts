export const en = {
  title: "Dashboard",
  newProject: "New project",

  welcome: (workspace: string) => `Welcome to ${workspace}`,
  finishSettingUp: "Finish setting up",
  stepsDone: (done: number, all: number) => `${done} of ${all} done`,
  stepDone: "Done:",
  dismiss: "Dismiss",
  dismissed: "Checklist dismissed.",

  projects: "Projects",
  members: "Members",
  apiCalls: "API calls",
  apiCallsThisMonth: "API calls this month",
  storage: "Storage used",
  ofSeats: (seats: string) => `of ${seats}`,
  includedInPlan: (amount: string) => `of ${amount} included`,
  noChange: "No change this month",
  thisMonth: (change: string) => `${change} this month`,
  comparedTo: (change: string, days: string) => `${change} vs. ${days}`,

  lastDays: "Last 30 days",
  day: "Day",
  dailyShare: (calls: string) => `Daily share of your plan: ${calls}`,
  callsChart: (from: string, until: string, highest: string, day: string) =>
    `API calls per day, from ${from} to ${until}. Highest: ${highest} on ${day}.`,
  noCalls: "No API calls yet",
  noCallsText: "Connect your other tools with the API. Each day's calls show up here.",
  exampleCall: "Example of an API call",

  recentProjects: "Recent projects",
  allProjects: "All projects",
  sample: "Sample",
  noProjects: "No projects yet",
  noProjectsText: "Create a project to start organizing work, or look around with sample data first.",
  noProjectsForViewers: "Your team's projects will be listed here.",
  addSamples: "Add sample data",
  samplesAdded: "Sample data was added.",
  samplesNote: "Includes sample projects. They don't count toward your plan.",
  removeSamples: "Remove sample data",
  samplesRemoved: "Sample data was removed.",
  nothingChanged: "No changes to save.",

  activity: "Activity",
  noActivity: "Your team's changes will be listed here.",

  storageTitle: "Storage",
  storageDays: "Last 90 days",
  storageChart: (from: string, until: string, now: string) =>
    `Storage used per day, from ${from} to ${until}. Now: ${now}.`,
  storageNote: "Your data is measured once a day.",
};
