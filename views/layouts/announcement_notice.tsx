import { Alert } from "../components/alert.tsx";
import { IconButton } from "../components/button.tsx";
import { componentText } from "../components/component_text.ts";
import { hx } from "../components/hx.ts";
import { TextLink } from "../components/link.tsx";
import { layoutText } from "./text.ts";

export type ShownAnnouncement = {
  id: string;
  kind: "info" | "warning";
  text: string;
  linkUrl: string | null;
};

/** What the platform's staff tell the members, until they dismiss it. */
export function AnnouncementNotice(
  { announcement: { id, kind, text, linkUrl }, canDismiss }: {
    announcement: ShownAnnouncement;
    canDismiss: boolean;
  },
) {
  const { readMore } = layoutText.use();
  return (
    <div id={`announcement-${id}`}>
      <Alert kind={kind} action={canDismiss ? <DismissForm id={id} /> : undefined}>
        <span dir="auto">{text}</span> {linkUrl ? <TextLink href={linkUrl}>{readMore}</TextLink> : null}
      </Alert>
    </div>
  );
}

function DismissForm({ id }: { id: string }) {
  const action = `/announcements/${id}/dismissal`;
  return (
    <form
      method="post"
      action={action}
      {...hx({ post: action, target: `#announcement-${id}`, swap: "delete" })}
    >
      <IconButton icon="x" label={componentText.use().dismiss} type="submit" />
    </form>
  );
}
