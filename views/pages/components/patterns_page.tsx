import type { Child } from "hono/jsx";
import { ActivityList } from "../../components/activity_list.tsx";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import type { Crumb } from "../../layouts/layout.ts";
import { PAGE_BAR, PageTitle } from "../../layouts/page_bar.tsx";
import { SiteHeading } from "../../layouts/site_layout.tsx";
import { SAMPLE_ACTIVITY, SAMPLE_FACTS } from "./fact_samples.tsx";
import { SampleListPanel } from "./list_samples.tsx";
import { FormPattern, SettingsPattern } from "./pattern_forms.tsx";
import { sampleList } from "./sample_projects.ts";
import { anchorOf, NOON } from "./samples.tsx";

const PROJECTS = { label: "Projects", href: "#list" };

/** `/dev/components/patterns`: the kinds of pages, made of the components. */
export function PatternsPage() {
  return (
    <div class="mx-auto max-w-[70rem] px-5 py-10 sm:px-8">
      <SiteHeading
        title="Patterns"
        lead="Copy the pattern that fits the page's job."
        action={<ButtonLink href="/dev/components">Components</ButtonLink>}
      />
      <div class="grid grid-cols-1 gap-12">
        <ListPattern />
        <DetailPattern />
        <Pattern
          name="Form"
          use="For one thing to create or edit. 40rem wide, with all errors at once."
          title="New project"
          trail={[PROJECTS]}
        >
          <FormPattern />
        </Pattern>
        <EmptyPattern />
        <Pattern
          name="Settings"
          use="One subject per page, beside the others. Each card saves on its own."
          title="General"
          trail={[{ label: "Settings", href: "#settings" }]}
        >
          <SettingsPattern />
        </Pattern>
      </div>
    </div>
  );
}

function ListPattern() {
  return (
    <Pattern
      name="List"
      use="For many things of one kind. A row leads to its page, and its actions show on hover and focus."
      title="Projects"
      actions={<NewProject />}
    >
      <SampleListPanel {...sampleList({})} />
    </Pattern>
  );
}

function DetailPattern() {
  const facts = [{ term: "Status", value: <Badge>Archived</Badge> }, ...SAMPLE_FACTS];
  return (
    <Pattern
      name="Detail"
      use="For one thing: its facts beside its history."
      title="Spring collection"
      trail={[PROJECTS]}
      actions={
        <>
          <Button type="button" icon="restore">Restore</Button>
          <Button type="button" variant="primary" icon="edit">Edit project</Button>
        </>
      }
    >
      <div class="grid items-start gap-6 lg:grid-cols-2">
        <Card title="Details">
          <DescriptionList facts={facts} />
        </Card>
        <Card title="History" flush>
          <ActivityList activity={SAMPLE_ACTIVITY} now={NOON} emptyText="" />
        </Card>
      </div>
    </Pattern>
  );
}

function EmptyPattern() {
  return (
    <Pattern
      name="Empty"
      use="For a list without rows: the benefit, the action, and an example."
      title="Projects"
    >
      <Card flush>
        <EmptyState
          icon="folder"
          title="No projects yet"
          text="Create a project to start organizing work, such as “Website relaunch”."
        >
          <NewProject />
          <Button type="button">Add sample data</Button>
        </EmptyState>
      </Card>
    </Pattern>
  );
}

function NewProject() {
  return <Button type="button" variant="primary" icon="plus">New project</Button>;
}

/** A page's bar and content, in a frame. */
function Pattern({ name, use, title, trail, actions, children }: {
  name: string;
  /** When the pattern fits. */
  use: string;
  title: string;
  trail?: Crumb[];
  actions?: Child;
  children?: Child;
}) {
  return (
    <section id={anchorOf(name)} aria-label={name} class="grid scroll-mt-6 grid-cols-1 gap-3">
      <header>
        <h2 class="text-md font-semibold">{name}</h2>
        <p class="text-muted">{use}</p>
      </header>
      <div class="rounded-lg border border-line-strong bg-canvas">
        <div class={`${PAGE_BAR} rounded-t-lg`}>
          <PageTitle
            title={title}
            trail={trail}
            actions={actions}
            heading="h3"
            trailLabel={`${name}: trail`}
          />
        </div>
        <div class="px-4 pt-6 pb-8 sm:px-8">{children}</div>
      </div>
    </section>
  );
}
