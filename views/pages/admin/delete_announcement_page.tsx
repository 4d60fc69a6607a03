import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { announcementText } from "./announcement_text.ts";

/** `/admin/announcements/:id/delete`: asks for confirmation before an announcement is permanently deleted. */
export function DeleteAnnouncementPage({ announcement }: { announcement: { id: string; text: string } }) {
  const text = announcementText.use();
  const { id } = announcement;
  return (
    <div class="max-w-160">
      <Card>
        <div class="grid gap-5">
          <p class="border-s-2 border-line ps-3 wrap-anywhere" dir="auto">{announcement.text}</p>
          <p class="text-muted">{text.deleteLead}</p>
          <form method="post" action={`/admin/announcements/${id}/delete`} class="flex flex-wrap gap-2">
            <Button variant="danger">{text.deleteButton}</Button>
            <ButtonLink href="/admin/announcements">{text.cancel}</ButtonLink>
          </form>
        </div>
      </Card>
    </div>
  );
}
