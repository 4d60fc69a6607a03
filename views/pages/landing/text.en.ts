export const en = {
  title: "Every company gets its own workspace",
  description:
    "Projects, members and an API at your own address, kept apart from everyone else by the database itself. Free for three people.",
  hero: {
    heading: "Every company gets its own workspace. Yours is ready in a minute.",
    text:
      "Projects, members and an API at your own address, kept apart from everyone else by the database itself.",
    create: "Create your workspace",
    openWorkspaces: "Open your workspaces",
    seeApi: "See the API",
    note: "Free for three people. No card required.",
    picture: "The dashboard of a workspace, with its figures, recent projects and activity",
  },
  steps: {
    label: "How it works",
    items: [
      {
        title: "Create your workspace",
        text:
          "Pick an address. You get a private schema and role in Postgres, not a row with your name on it.",
      },
      {
        title: "Bring your team",
        text: "Everyone gets a role that fits: owner, admin, member or viewer. Every change is logged.",
      },
      {
        title: "Connect your tools",
        text: "The API does what the pages do, with the same permissions. Your projects download as CSV.",
      },
    ],
  },
  isolation: {
    heading: "Your data has walls, not filters",
    text:
      "Most products keep all customers in the same tables and hope that no query forgets a filter. Here, every workspace has its own schema, and its role can read nothing else. A wrong query gets an error, never a neighbor's data.",
    picture:
      "Three workspaces, each with its own schema and role. A query from one workspace to another is denied by Postgres.",
    you: "You",
    schema: "own schema",
    role: "own role",
    denied: "permission denied",
    neighbors: ["Northwind", "Globex"],
  },
  api: {
    heading: "An API that answers like the page does",
    text:
      "The same permissions, limits and checks. Requests that repeat safely, pages that never skip a row, and errors that tell you what to change.",
    link: "Read the API docs",
    example: "A request that creates a project, and its answer",
    project: "Spring collection",
  },
  plans: {
    heading: "Plans that grow with you",
    text: "Start free. Change your plan when your team outgrows it.",
    compare: "Compare plans",
  },
  security: {
    heading: "Safe by design",
    items: [
      {
        title: "Isolated by Postgres",
        text: "A role and a schema for each workspace. Tests attack the walls with every change.",
      },
      {
        title: "Careful sign-in",
        text: "Passwords are hashed with Argon2id. Links work once, expire, and are stored as hashes.",
      },
      {
        title: "A log that can't be rewritten",
        text: "Every change is logged with its author and time, in a chain that shows tampering.",
      },
      {
        title: "One session for each address",
        text: "No workspace sees another's cookies. Signing out ends every session at once.",
      },
    ],
  },
  questions: {
    heading: "Questions",
    items: [
      {
        question: "Can other companies see our data?",
        answer: "No. Postgres itself refuses to read across workspaces, even if our code has a bug.",
      },
      {
        question: "Can we change our address later?",
        answer: "Yes. The old address redirects to the new one for 90 days.",
      },
      {
        question: "How do we get our data out?",
        answer: "Download projects as CSV, or read everything with the API.",
      },
      {
        question: "What happens if we delete our workspace?",
        answer: "You can change your mind for 30 days. After that, everything is permanently deleted.",
      },
      {
        question: "Can one person be in several workspaces?",
        answer: "Yes. One account opens all of them, each at its own address.",
      },
      {
        question: "Do we need a credit card?",
        answer: "No. The Starter plan is free for three people.",
      },
    ],
  },
  closing: {
    heading: "Ready in a minute",
    text: "Pick an address and invite your team.",
  },
};
