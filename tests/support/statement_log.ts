import { Buffer } from "node:buffer";
import type { DatabaseAddress } from "../../db/connection/connect.ts";
import { DatabaseProxy } from "./database_proxy.ts";

/** Statements that frame a transaction, and do no work of their own. Through a pooler, the time limit follows `begin`. */
const FRAME = /^(?:begin|commit|rollback|set local statement_timeout)\b/i;
const LENGTH_BYTES = 4;

/** Reads the statements that the product sends to its database, as the database sees them. */
export class StatementLog implements AsyncDisposable {
  readonly #statements: string[] = [];
  #proxy: DatabaseProxy | undefined;

  /** The address that the product connects to instead of `target`. */
  async through(target: DatabaseAddress): Promise<DatabaseAddress> {
    this.#proxy = await DatabaseProxy.open(target, () => {
      const connection = new Connection(this.#statements);
      return (sent) => connection.read(sent);
    });
    return this.#proxy.address;
  }

  /** The statements that `work` causes, without `begin` and `commit`. */
  async during(work: () => Promise<unknown>): Promise<string[]> {
    const before = this.#statements.length;
    await work();
    return this.#statements.slice(before).filter((statement) => !FRAME.test(statement));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy?.[Symbol.asyncDispose]();
  }
}

/** One connection's messages in PostgreSQL's frontend protocol. The first has no type. */
class Connection {
  readonly #statements: string[];
  readonly #prepared = new Map<string, string>();
  #rest = Buffer.alloc(0);
  #isStarted = false;
  #bound = "";

  constructor(statements: string[]) {
    this.#statements = statements;
  }

  read(sent: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, sent]);
    for (;;) {
      const head = this.#isStarted ? 1 : 0;
      if (this.#rest.length < head + LENGTH_BYTES) return;
      const end = head + this.#rest.readInt32BE(head);
      if (this.#rest.length < end) return;
      if (head) {
        this.#hear(String.fromCharCode(this.#rest[0]!), this.#rest.subarray(head + LENGTH_BYTES, end));
      }
      this.#isStarted = true;
      this.#rest = this.#rest.subarray(end);
    }
  }

  #hear(type: string, body: Buffer): void {
    const [first = "", second = ""] = body.toString("latin1").split("\0", 2);
    if (type === "Q") this.#statements.push(...first.split(";").map((one) => one.trim()).filter(Boolean));
    if (type === "P") this.#prepared.set(first, second);
    if (type === "B") this.#bound = second;
    if (type === "E") this.#statements.push(this.#prepared.get(this.#bound) ?? "unknown");
  }
}
