import type { Child } from "hono/jsx";
import { type Token, type Tokens } from "marked";
import { ActionButton, Title } from "./email_components.tsx";
import { BODY, HEADING, IMAGE, LIST } from "./email_style.ts";
import { LIGHT } from "./palette.ts";

/** Returns what stands in place of a link's or image's target. Null: the target isn't allowed, so the text stands alone. */
export type Targets = { link(url: string): string | null; image(url: string): string | null };

type Parts = { tokens: Token[]; targets: Targets };

/** What makes a link that stands alone a button. */
export const BUTTON = "{button}";

/** What a tenant wrote in Markdown, in the look of emails. HTML in it is text. */
export function CampaignEmail({ tokens, targets }: Parts) {
  return (
    <>
      {tokens.map((token, index) => <Block key={index} token={token} targets={targets} />)}
    </>
  );
}

function Block({ token, targets }: { token: Token; targets: Targets }): Child {
  switch (token.type) {
    case "heading":
      return <Heading {...token as Tokens.Heading} targets={targets} />;
    case "paragraph":
      return <Paragraph {...token as Tokens.Paragraph} targets={targets} />;
    case "list":
      return <List {...token as Tokens.List} targets={targets} />;
    case "hr":
      return <hr class="line" style={`margin:24px 0;border:0;border-top:1px solid ${LIGHT.line}`} />;
    case "space":
    case "def":
      return null;
    case "text":
      return <Inline tokens={inlineOf(token)} targets={targets} />;
    default:
      return <p class="ink" style={BODY}>{token.raw.trim()}</p>;
  }
}

function Heading({ depth, tokens, targets }: Tokens.Heading & { targets: Targets }) {
  const content = <Inline tokens={tokens} targets={targets} />;
  if (depth === 1) return <Title>{content}</Title>;
  return depth === 2
    ? <h2 class="ink" style={HEADING}>{content}</h2>
    : <h3 class="ink" style={HEADING}>{content}</h3>;
}

/** A paragraph of one link and `{button}` is a button. */
function Paragraph({ tokens, targets }: Tokens.Paragraph & { targets: Targets }) {
  const [first, second, ...rest] = tokens;
  if (first?.type === "link" && second?.raw.trim() === BUTTON && rest.length === 0) {
    const href = targets.link((first as Tokens.Link).href);
    const label = <Inline tokens={inlineOf(first)} targets={targets} />;
    return href === null ? <p class="ink" style={BODY}>{label}</p> : (
      <ActionButton href={href}>
        {label}
      </ActionButton>
    );
  }
  return (
    <p class="ink" style={BODY}>
      <Inline tokens={tokens} targets={targets} />
    </p>
  );
}

function List({ ordered, start, items, targets }: Tokens.List & { targets: Targets }) {
  const content = items.map(({ tokens }, index) => (
    <li key={index} style="margin:0 0 6px">
      {tokens.map((token, index) => <Block key={index} token={token} targets={targets} />)}
    </li>
  ));
  return ordered
    ? <ol class="ink" style={LIST} start={start === 1 ? undefined : Number(start)}>{content}</ol>
    : <ul class="ink" style={LIST}>{content}</ul>;
}

function Inline({ tokens, targets }: Parts) {
  return (
    <>
      {tokens.map((token, index) => <Part key={index} token={token} targets={targets} />)}
    </>
  );
}

function Part({ token, targets }: { token: Token; targets: Targets }): Child {
  switch (token.type) {
    case "strong":
      return (
        <strong style="font-weight:600">
          <Inline tokens={inlineOf(token)} targets={targets} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inline tokens={inlineOf(token)} targets={targets} />
        </em>
      );
    case "link":
      return <LinkPart {...token as Tokens.Link} targets={targets} />;
    case "image":
      return <ImagePart {...token as Tokens.Image} targets={targets} />;
    case "br":
      return <br />;
    case "escape":
      return (token as Tokens.Escape).text;
    case "text":
      return "tokens" in token && token.tokens
        ? <Inline tokens={token.tokens} targets={targets} />
        : token.raw;
    default:
      return token.raw;
  }
}

function LinkPart({ href, tokens, targets }: Tokens.Link & { targets: Targets }) {
  const target = targets.link(href);
  const content = <Inline tokens={tokens} targets={targets} />;
  if (target === null) return content;
  return <a class="ink" href={target} style={`color:${LIGHT.ink};text-decoration:underline`}>{content}</a>;
}

function ImagePart({ href, text, targets }: Tokens.Image & { targets: Targets }) {
  const source = targets.image(href);
  return source === null ? text : <img src={source} alt={text} style={IMAGE} />;
}

function inlineOf(token: Token): Token[] {
  if ("tokens" in token && token.tokens) return token.tokens;
  return [{ type: "text", raw: token.raw, text: token.raw, escaped: false }];
}
