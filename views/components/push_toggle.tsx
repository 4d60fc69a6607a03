import { usePage } from "../page.tsx";
import { Button } from "./button.tsx";
import { Card } from "./card.tsx";
import { pushText } from "./push_text.ts";

/**
 * A card that turns notifications on this device on and off. `publicKey` is the installation's public VAPID key. Hidden without JavaScript, and in
 * browsers without web push. At most one on a page.
 */
export function PushToggle({ publicKey }: { publicKey: string }) {
  const { nonce, asset } = usePage();
  const text = pushText.use();
  return (
    <div id="push" data-push={publicKey} hidden>
      <Card title={text.title}>
        <div class="grid justify-items-start gap-3">
          <p role="status" data-on={text.on} data-off={text.off} data-blocked={text.blocked} />
          <Button id="push-on" type="button" variant="secondary" hidden>{text.turnOn}</Button>
          <Button id="push-off" type="button" variant="secondary" hidden>{text.turnOff}</Button>
          <p class="text-sm text-danger" role="alert" hidden>{text.failed}</p>
        </div>
      </Card>
      <script nonce={nonce} src={asset("push.js")} defer></script>
    </div>
  );
}
