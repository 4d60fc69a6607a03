import { Alert } from "../components/alert.tsx";
import { TextLink } from "../components/link.tsx";
import { Dismissal } from "./notices.tsx";
import { layoutText } from "./text.ts";

export type ShownAnnouncement = {
  id: string;
  kind: "info" | "warning";
  text: string;
  linkUrl: string | null;
};

/** What the platform's staff tell the members, until they dismiss it. */
export function AnnouncementNotice(
  { announcement: { id, kind, text, linkUrl }, canDismiss, isPreview = false }: {
    announcement: ShownAnnouncement;
    canDismiss: boolean;
    /** Shows the button that dismisses it, which then does nothing. */
    isPreview?: boolean;
  },
) {
  const { readMore } = layoutText.use();
  const htmlId = `announcement-${id}`;
  const dismissal = canDismiss
    ? (
      <div inert={isPreview || undefined}>
        <Dismissal action={`/announcements/${id}/dismissal`} hides={htmlId} />
      </div>
    )
    : undefined;
  return (
    <div id={htmlId}>
      <Alert kind={kind} action={dismissal}>
        <span dir="auto">{text}</span> {linkUrl ? <TextLink href={linkUrl}>{readMore}</TextLink> : null}
      </Alert>
    </div>
  );
}
