/** Questions with their answers. */
export function QuestionList({ items }: { items: readonly { question: string; answer: string }[] }) {
  return (
    <dl class="grid gap-x-14 gap-y-8 md:grid-cols-2">
      {items.map(({ question, answer }) => (
        <div key={question}>
          <dt class="mb-1 text-md font-semibold">{question}</dt>
          <dd class="text-[0.9375rem] leading-6 text-pretty text-muted">{answer}</dd>
        </div>
      ))}
    </dl>
  );
}
