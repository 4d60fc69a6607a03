import { SiteLayout } from "../layouts/site_layout.tsx";
import { ActionSamples, FormSamples } from "./components/form_samples.tsx";
import { ContentSamples, MessageSamples } from "./components/content_samples.tsx";
import { Samples } from "./components/samples.tsx";

/** `/dev/components`: every component in all its states. */
export function ComponentsPage() {
  return (
    <SiteLayout title="Components" wide>
      <div class="mx-auto grid max-w-5xl gap-6 px-5 py-10">
        <h1 class="text-2xl font-semibold tracking-tighter">Components</h1>
        <ColorSamples />
        <ActionSamples />
        <FormSamples />
        <MessageSamples />
        <ContentSamples />
      </div>
    </SiteLayout>
  );
}

const COLORS = [
  { name: "canvas", look: "bg-canvas" },
  { name: "surface", look: "bg-surface" },
  { name: "sunken", look: "bg-sunken" },
  { name: "ink", look: "bg-ink" },
  { name: "muted", look: "bg-muted" },
  { name: "accent", look: "bg-accent" },
  { name: "accent soft", look: "bg-accent-soft" },
  { name: "info", look: "bg-info" },
  { name: "warning", look: "bg-warning" },
  { name: "danger", look: "bg-danger" },
];

function ColorSamples() {
  return (
    <Samples title="Colors">
      {COLORS.map(({ name, look }) => (
        <span class="grid w-20 gap-1 text-xs text-muted">
          <span class={`h-10 rounded-md border border-line ${look}`}></span>
          {name}
        </span>
      ))}
    </Samples>
  );
}
