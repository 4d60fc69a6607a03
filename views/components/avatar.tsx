import type { AvatarColor } from "../../src/identity/users.ts";
import { classes } from "./classes.ts";

export const AVATAR_TINTS: Record<AvatarColor, string> = {
  gray: "bg-sunken text-muted",
  red: "bg-danger-soft text-danger",
  amber: "bg-warning-soft text-warning",
  green: "bg-success-soft text-success",
  blue: "bg-info-soft text-info",
  violet: "bg-violet-soft text-violet",
  pink: "bg-pink-soft text-pink",
};

const COLORS = Object.keys(AVATAR_TINTS) as AvatarColor[];

/** A person's initials. Decorates the name, so it is hidden from screen readers. */
export function Avatar(
  { name, color = null, size = "medium" }: {
    name: string;
    color?: AvatarColor | null;
    size?: "small" | "medium";
  },
) {
  const look = size === "small" ? "size-6 text-[0.6875rem]" : "size-8 text-xs";
  return (
    <span
      class={classes(
        "inline-grid shrink-0 place-items-center rounded-full font-semibold",
        look,
        AVATAR_TINTS[avatarColorOf(name, color)],
      )}
      aria-hidden="true"
    >
      {initialsOf(name)}
    </span>
  );
}

/** The color that a person chose, or one that follows from the name. */
export function avatarColorOf(name: string, chosen: AvatarColor | null): AvatarColor {
  const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  return chosen ?? COLORS[sum % COLORS.length]!;
}

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words.at(0), words.at(-1)] : words;
  return ends.map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
}
