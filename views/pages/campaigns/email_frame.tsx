import { Card } from "../../components/card.tsx";

/** An email in a frame of its own, where it runs no scripts. The page needs `framingPolicy`. */
export function EmailFrame({ title, src }: { title: string; src: string }) {
  return (
    <Card title={title} flush>
      <iframe
        title={title}
        src={src}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        class="block h-[44rem] w-full rounded-b-lg border-0"
      >
      </iframe>
    </Card>
  );
}
