import { Note, Paragraph, Title } from "./email_components.tsx";
import { useEmail } from "./email_context.ts";
import { useEmailText } from "./text.ts";

/** The reader's name is deleted, too. */
export function AccountDeleted() {
  const { brand } = useEmail();
  const text = useEmailText().accountDeleted;
  return (
    <>
      <Title>{text.title}</Title>
      <Paragraph>{text.body(brand.name)}</Paragraph>
      <Note>{text.notYou}</Note>
    </>
  );
}
