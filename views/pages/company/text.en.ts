type TextOfPage = {
  title: string;
  description: string;
  /** Shown above the text. */
  note?: string;
  parts: { heading: string; text: string }[];
};

const SAMPLE = "This is the template's sample text. Replace it with your own before you launch.";

const about: TextOfPage = {
  title: "About",
  description: "Denizen gives every company its own workspace, kept apart by the database.",
  parts: [
    {
      heading: "What we do",
      text:
        "Denizen gives every company a workspace at its own address. Teams keep their projects there, and programs reach them with an API.",
    },
    {
      heading: "How we work",
      text:
        "We keep each workspace in its own database schema with its own role. We test every change against people who try to break in.",
    },
    {
      heading: "Who it is for",
      text: "Teams of three and companies of thousands. Everyone starts with the same free plan.",
    },
  ],
};

const privacy: TextOfPage = {
  title: "Privacy",
  description: "What Denizen stores about you and your workspace, why, and for how long.",
  note: SAMPLE,
  parts: [
    {
      heading: "What we store",
      text:
        "Your name, your email address, a hash of your password, and what your team enters in its workspace. For each session, we store your IP address and browser.",
    },
    {
      heading: "Cookies",
      text:
        "We set only the cookies that signing in needs. There are no cookies for advertising or tracking, and our pages load nothing from other sites.",
    },
    {
      heading: "Who can see it",
      text:
        "Members of your workspace see its content. Our staff see your workspace's name, plan and owners. Other customers see nothing.",
    },
    {
      heading: "How long we keep it",
      text:
        "As long as your workspace exists. After you delete it, its content stays for 30 days in case you change your mind. Then it is permanently deleted.",
    },
  ],
};

const terms: TextOfPage = {
  title: "Terms",
  description: "The rules for using Denizen: accounts, acceptable use, payment and your data.",
  note: SAMPLE,
  parts: [
    {
      heading: "Your account",
      text: "Keep your password to yourself. You are responsible for what happens with your account.",
    },
    {
      heading: "Your content",
      text: "What you enter stays yours. We store and process it only to run the service for you.",
    },
    {
      heading: "Fair use",
      text:
        "Don't break the law, harm other customers, or try to get around the limits of your plan. We may suspend a workspace that does, and its members see the reason.",
    },
    {
      heading: "Ending",
      text: "You can delete your workspace at any time. We give 30 days of notice before we end the service.",
    },
  ],
};

export const en = {
  about,
  privacy,
  terms,
  status: {
    title: "System status",
    description: "Whether Denizen works right now: its database, email, jobs and storage.",
    healthy: "All systems operational",
    degraded: "Some systems have problems",
    unhealthy: "We're having an outage",
    works: "Operational",
    fails: "Has problems",
    checked: "Checked {time}. Programs read the same from {link}.",
    systems: {
      database: "Database",
      cache: "Cache",
      queue: "Background jobs",
      mail: "Email",
      disk: "Storage",
    } as Record<string, string>,
  },
};
