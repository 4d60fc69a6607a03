import { Icon, ICON_NAMES, Logo } from "../../components/icon.tsx";
import { Sample, Samples } from "./samples.tsx";

const COLORS = [
  { name: "canvas", look: "bg-canvas" },
  { name: "surface", look: "bg-surface" },
  { name: "raised", look: "bg-raised" },
  { name: "sunken", look: "bg-sunken" },
  { name: "hover", look: "bg-hover" },
  { name: "line", look: "bg-line" },
  { name: "ink", look: "bg-ink" },
  { name: "muted", look: "bg-muted" },
  { name: "faint", look: "bg-faint" },
  { name: "accent", look: "bg-accent" },
  { name: "accent soft", look: "bg-accent-soft" },
  { name: "success", look: "bg-success" },
  { name: "info", look: "bg-info" },
  { name: "warning", look: "bg-warning" },
  { name: "danger", look: "bg-danger" },
];

const TEXTS = [
  { name: "Figure", look: "text-2xl font-semibold tracking-tighter", text: "312,408" },
  { name: "Page title", look: "text-xl font-semibold", text: "Projects" },
  { name: "Lead", look: "text-md text-muted", text: "Pick an address and invite your team." },
  { name: "Body", look: "text-base", text: "Everyone in the workspace sees the name." },
  { name: "Note", look: "text-sm text-muted", text: "Signed in Mar 31, 2026" },
  { name: "Detail", look: "text-xs text-muted", text: "of 500,000 this month" },
];

/** Colors, sizes of text, and icons. */
export function StyleSamples() {
  return (
    <>
      <Samples title="Colors">
        {COLORS.map(({ name, look }) => (
          <span class="grid w-20 gap-1 text-xs text-muted">
            <span class={`h-10 rounded-md border border-line ${look}`}></span>
            {name}
          </span>
        ))}
      </Samples>
      <Samples title="Text">
        {TEXTS.map(({ name, look, text }) => (
          <Sample state={name}>
            <p class={look}>{text}</p>
          </Sample>
        ))}
      </Samples>
      <Samples title="Icons">
        <Sample state="Logo">
          <Logo />
        </Sample>
        <Sample state="All icons, in two sizes">
          <span class="flex flex-wrap gap-3 text-muted">
            {ICON_NAMES.map((name) => <Icon key={name} name={name} />)}
          </span>
          <span class="flex flex-wrap gap-3 text-muted">
            {ICON_NAMES.slice(0, 8).map((name) => <Icon key={name} name={name} class="size-5" />)}
          </span>
        </Sample>
      </Samples>
    </>
  );
}
