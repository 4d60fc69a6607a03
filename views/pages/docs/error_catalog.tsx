import type { Child } from "hono/jsx";
import { docsText } from "./text.ts";

export type ErrorCatalogProps = {
  kinds: readonly { type: string | null; status: number; title: string }[];
  codes: readonly { code: string; english: string }[];
};

/** The id of a type's row in the catalog. A code's row has the code itself. */
export function anchorOfType(type: string): string {
  return type.split(/[/#]/).at(-1)!;
}

/** Every type and every code of the API's errors. */
export function ErrorCatalog({ kinds, codes }: ErrorCatalogProps) {
  const text = docsText.use();
  return (
    <div class="prose mt-10">
      <h2 id="types">{text.errorTypes}</h2>
      <p>{text.errorTypesLead}</p>
      <Table label={text.errorTypes} heads={[text.type, text.status, text.titleOfError]}>
        {kinds.map(({ type, status, title }) => (
          <tr id={type ? anchorOfType(type) : undefined}>
            <td>
              <code>{type ?? "about:blank"}</code>
            </td>
            <td class="tabular-nums">{status}</td>
            <td>{title}</td>
          </tr>
        ))}
      </Table>
      <h2 id="codes">{text.errorCodes}</h2>
      <p>{text.errorCodesLead}</p>
      <Table label={text.errorCodes} heads={[text.code, text.message]}>
        {codes.map(({ code, english }) => (
          <tr id={code}>
            <td>
              <code>{code}</code>
            </td>
            <td>{english}</td>
          </tr>
        ))}
      </Table>
    </div>
  );
}

function Table({ label, heads, children }: { label: string; heads: string[]; children?: Child }) {
  return (
    <div class="scrolled" tabindex={0} role="group" aria-label={label}>
      <table>
        <thead>
          <tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
