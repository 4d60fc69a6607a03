import type { Theme } from "../../page.tsx";
import { accountText } from "./text.ts";

const THEMES: Theme[] = ["system", "light", "dark"];

type Colors = { paper: string; panel: string; line: string };

const LIGHT: Colors = { paper: "#fafaf9", panel: "#ffffff", line: "#d6d3cf" };
const DARK: Colors = { paper: "#141413", panel: "#232321", line: "#4a4945" };

/** A small picture of the pages in each theme, to choose one. */
export function ThemePicker({ theme }: { theme: Theme }) {
  const text = accountText.use();
  return (
    <fieldset>
      <legend class="mb-1.5 font-medium">{text.theme}</legend>
      <div class="grid grid-cols-[repeat(auto-fit,minmax(6rem,1fr))] gap-2 sm:gap-4">
        {THEMES.map((each) => (
          <label
            key={each}
            class="grid cursor-pointer gap-2 rounded-md border border-line-strong p-2 transition-colors hover:border-muted has-checked:border-ink has-checked:bg-sunken has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <Preview theme={each} />
            <span class="flex items-start gap-2 text-sm">
              <input
                type="radio"
                name="theme"
                value={each}
                checked={each === theme}
                class="mt-0.5 size-4 shrink-0 outline-none"
              />
              {text.themes[each]}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Preview({ theme }: { theme: Theme }) {
  return (
    <svg viewBox="0 0 96 56" class="w-full rounded-sm border border-line" aria-hidden="true">
      <Screen {...(theme === "dark" ? DARK : LIGHT)} x={0} />
      {theme === "system"
        ? (
          <svg x="48" width="48" height="56" viewBox="48 0 48 56">
            <Screen {...DARK} x={0} />
          </svg>
        )
        : null}
    </svg>
  );
}

function Screen({ paper, panel, line, x }: Colors & { x: number }) {
  return (
    <g>
      <rect x={x} width="96" height="56" fill={paper} />
      {[10, 18, 26].map((y) => <rect key={y} x="6" y={y} width="14" height="3" rx="1.5" fill={line} />)}
      <rect x="26" y="8" width="64" height="40" rx="3" fill={panel} stroke={line} />
      {[16, 24, 32].map((y) => (
        <rect key={y} x="32" y={y} width={y === 32 ? "30" : "52"} height="3" rx="1.5" fill={line} />
      ))}
    </g>
  );
}
