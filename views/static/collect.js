// Sends what happens on a page to your workspace. Stores nothing in the browser, and sends nothing if its owner objects.
//   <script async src="https://acme.example.com/collect.js" data-key="dnz_pub_..."></script>
// Every page view is sent. Send more with: collect("order.completed", { total: 49 })
(() => {
  const { src, dataset: { key, user } } = document.currentScript;
  const isUnwanted = navigator.globalPrivacyControl || navigator.doNotTrack === "1";
  const waiting = [];
  let timer;
  let outgoing = 0;

  function send() {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0) post(waiting.splice(0, 20));
  }

  // Halves what is too large, or has an event that is refused, so that the others arrive.
  function post(events) {
    const body = JSON.stringify({ key, events });
    const postHalves = () => {
      post(events.slice(0, events.length / 2));
      post(events.slice(events.length / 2));
    };
    const { size } = new Blob([body]);
    if (events.length > 1 && size > 30000) return postHalves();
    outgoing += size;
    const keepalive = outgoing < 60000; // browsers let no more outlive a page
    fetch(new URL("/collect", src), { method: "POST", body, keepalive, credentials: "omit" })
      .then(({ status }) => {
        if (events.length > 1 && (status === 413 || status === 422)) postHalves();
      })
      .catch(() => {})
      .finally(() => outgoing -= size);
  }

  globalThis.collect = (event, properties = {}) => {
    if (isUnwanted) return;
    waiting.push({ event, properties, user_id: user });
    timer ??= setTimeout(send, 1000);
  };

  document.addEventListener("visibilitychange", () => document.hidden && send());

  const from = document.referrer ? new URL(document.referrer).host : undefined;
  collect("page.viewed", { path: location.pathname, from });
})();
