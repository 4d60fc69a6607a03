import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { Skeleton } from "../../components/skeleton.tsx";
import { Toast } from "../../components/toast.tsx";
import { UpgradeNotice } from "../../components/upgrade_notice.tsx";
import { Notices, VisitNotice } from "../../layouts/notices.tsx";
import { Checklist } from "../dashboard/checklist.tsx";
import { PaletteResults } from "../search/palette.tsx";
import { LONG_NAME, NOON, Sample, Samples } from "./samples.tsx";

const STEPS = [
  { name: "email", label: "Confirm your email", path: "#checklist", isDone: true },
  { name: "project", label: "Create a project", path: "#checklist", isDone: true },
  { name: "team", label: "Invite a teammate", path: "#checklist", isDone: false },
  { name: "key", label: "Create an API key", path: "#checklist", isDone: false },
];

const GROUPS = [
  {
    label: "Projects",
    hits: [
      { title: "Returns portal", detail: "Self-service labels", href: "#palette-rows" },
      { title: LONG_NAME, detail: "Content freeze on December 4", href: "#palette-rows" },
    ],
  },
  { label: "Members", hits: [{ title: "Imogen Ferreira", detail: "Owner", href: "#palette-rows" }] },
];

/** What tells people that something happened, is missing, or is still loading. */
export function MessageSamples() {
  return (
    <>
      <Samples title="Alerts and banners">
        <Sample state="Alert: success, info, warning, error" wide>
          <div class="grid gap-3">
            <Alert kind="success">Preferences saved.</Alert>
            <Alert kind="info">The figures are from this morning.</Alert>
            <Alert kind="warning">The last three invoices are open.</Alert>
            <Alert kind="error">This email and password don't match.</Alert>
            <Alert kind="error">{`${LONG_NAME}. ${LONG_NAME}.`}</Alert>
          </div>
        </Sample>
        <Sample state="Banners: states that last, with their actions" wide>
          <div class="grid gap-3">
            <Notices
              deletion={{ on: NOON, canCancel: true }}
              factorBy={NOON}
              unverified="imogen@northwind.example"
              canDismiss
            />
          </div>
        </Sample>
        <Sample state="The plan's limit" wide>
          <UpgradeNotice>Your plan includes 3 projects. Remove one to make room.</UpgradeNotice>
        </Sample>
        <Sample state="Staff acts for a member" wide>
          <VisitNotice workspace="Northwind" member="Imogen Ferreira" access="read" until={NOON} />
        </Sample>
      </Samples>
      <Samples title="Toasts">
        <Sample state="Success, with undo">
          <Toast
            kind="success"
            text="Spring collection archived."
            undo={{ action: "#toasts", row: "toast-row" }}
          />
        </Sample>
        <Sample state="Info, with a link">
          <Toast
            kind="info"
            text="Project created. The filter hides it."
            link={{ href: "#toasts", label: "View" }}
          />
        </Sample>
        <Sample state="Error">
          <Toast kind="error" text="You're offline. Your changes are still in the form." />
        </Sample>
        <Sample state="Long text">
          <Toast kind="success" text={`${LONG_NAME} created.`} />
        </Sample>
      </Samples>
      <Samples title="Empty states">
        <Sample state="Nothing yet: the benefit and the action" wide>
          <EmptyState
            icon="folder"
            title="No projects yet"
            text="Create a project to start organizing work."
          >
            <Button type="button" variant="primary" icon="plus">New project</Button>
          </EmptyState>
        </Sample>
        <Sample state="Nothing found" wide>
          <EmptyState
            icon="search"
            title="No matching projects"
            text="Try another word, or show all projects."
          >
            <ButtonLink href="#empty-states">Show all projects</ButtonLink>
          </EmptyState>
        </Sample>
      </Samples>
      <Samples title="Loading">
        <Sample state="Skeleton" wide>
          <Skeleton />
        </Sample>
      </Samples>
      <Samples title="Checklist">
        <Sample state="Two of four steps done" wide>
          <Checklist workspace="Northwind" isNew={false} steps={STEPS} />
        </Sample>
      </Samples>
      <Samples title="Palette rows">
        <Sample state="Matches" wide>
          <div class="max-w-xl">
            <PaletteResults term="re" groups={GROUPS} />
          </div>
        </Sample>
      </Samples>
    </>
  );
}
