import { classes } from "./classes.ts";

const TINTS = [
  "bg-success-soft text-success",
  "bg-info-soft text-info",
  "bg-warning-soft text-warning",
  "bg-danger-soft text-danger",
  "bg-sunken text-muted",
] as const;

/** A person's initials. Decorates the name, so it is hidden from screen readers. */
export function Avatar({ name, size = "medium" }: { name: string; size?: "small" | "medium" }) {
  const look = size === "small" ? "size-6 text-[0.6875rem]" : "size-8 text-xs";
  return (
    <span
      class={classes(
        "inline-grid shrink-0 place-items-center rounded-full font-semibold",
        look,
        tintOf(name),
      )}
      aria-hidden="true"
    >
      {initialsOf(name)}
    </span>
  );
}

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words.at(0), words.at(-1)] : words;
  return ends.map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
}

function tintOf(name: string): string {
  const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  return TINTS[sum % TINTS.length]!;
}
