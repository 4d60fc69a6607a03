/** Text of the API's document, with code between backticks. */
export function RichText({ text }: { text: string }) {
  return <>{text.split("`").map((part, place) => place % 2 === 1 ? <code>{part}</code> : part)}</>;
}
