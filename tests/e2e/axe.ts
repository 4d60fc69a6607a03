import type { CDPSession, Page } from "playwright-core";

const source = await Deno.readTextFile(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url));

/** axe-core in a page. It has to be loaded again after each navigation. */
export class Axe implements AsyncDisposable {
  readonly #session: CDPSession;
  readonly #contextId: number;

  private constructor(session: CDPSession, contextId: number) {
    this.#session = session;
    this.#contextId = contextId;
  }

  /** Loads axe in an isolated world, which the page's CSP doesn't restrict. */
  static async load(page: Page): Promise<Axe> {
    const session = await page.context().newCDPSession(page);
    const { frameTree } = await session.send("Page.getFrameTree");
    const { executionContextId } = await session.send("Page.createIsolatedWorld", {
      frameId: frameTree.frame.id,
    });
    await session.send("Runtime.evaluate", { expression: source, contextId: executionContextId });
    return new Axe(session, executionContextId);
  }

  /** The violations in the page as it is now: each rule with its elements. `rules` limits the check to those. */
  async violations(rules?: string[]): Promise<unknown[]> {
    const options = JSON.stringify({ resultTypes: ["violations"], ...rules && { runOnly: rules } });
    const { result } = await this.#session.send("Runtime.evaluate", {
      expression:
        `axe.run(${options}).then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])))`,
      contextId: this.#contextId,
      awaitPromise: true,
    });
    return JSON.parse(result.value as string);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.detach();
  }
}
