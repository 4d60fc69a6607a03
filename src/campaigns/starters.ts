import { type Wording, wording } from "../platform/wording.ts";

/** A campaign to start from. It gets the look of the workspace like every other. */
export type Starter = { key: string; name: Wording; subject: Wording; body: Wording };

export const STARTERS: readonly Starter[] = [
  starter("news", "Newsletter", "What's new this month", [
    "# What's new this month",
    "Hi {{ name | there }},",
    "Start with the most important news in two sentences.",
    "## One thing to try",
    "Say what it does for the reader, and link to it.",
    "[Read more](https://example.com){button}",
    "---",
    "Reply to tell us what you think.",
  ]),
  starter("announcement", "Announcement", "Something new for you", [
    "# Something new for you",
    "Hi {{ name | there }},",
    "Say what changed, who it is for, and from when on.",
    "- First benefit",
    "- Second benefit",
    "- Third benefit",
    "[See how it works](https://example.com){button}",
  ]),
  starter("invitation", "Event invitation", "You're invited", [
    "# You're invited",
    "Hi {{ name | there }},",
    "Say what happens and why it is worth the time.",
    "**When:** the day and the hour",
    "**Where:** the place, or online",
    "[Save my seat](https://example.com){button}",
  ]),
];

/** The starter with this key, or null. */
export function findStarter(key: string): Starter | null {
  return STARTERS.find((starter) => starter.key === key) ?? null;
}

function starter(key: string, name: string, subject: string, blocks: string[]): Starter {
  const body = blocks.join("\n\n").replaceAll(/^(- .*)\n\n(?=- )/gm, "$1\n");
  return {
    key,
    name: wording(`campaign_starter.${key}.name`, name),
    subject: wording(`campaign_starter.${key}.subject`, subject),
    body: wording(`campaign_starter.${key}.body`, body),
  };
}
