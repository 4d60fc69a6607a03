import type { Command } from "@commander-js/extra-typings";
import { pathOf } from "./commands.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = typeof SHELLS[number];

type Word = { word: string; description: string; choices: readonly string[] };
/** A command, and what may follow it. The path of the program itself is empty. */
type Place = { path: string; words: Word[] };

/** A script for the shell that completes the commands, options and choices of `program`. It doesn't run the CLI. */
export function completionScript(program: Command, shell: Shell): string {
  const places = placesOf(program);
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](places);
}

function placesOf(command: Command): Place[] {
  const inner = command.commands as Command[];
  const path = command.parent ? pathOf(command) : "";
  const options = command.options.filter(({ hidden }) => !hidden).map((
    { long, description, argChoices },
  ) => ({
    word: long!,
    description,
    choices: argChoices ?? [],
  }));
  const names = inner.map((each) => ({ word: each.name(), description: each.description(), choices: [] }));
  const arguments_ = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices)
    .map((word) => ({ word, description: "", choices: [] }));
  return [
    {
      path,
      words: [...names, ...arguments_, ...options, { word: "--help", description: "show help", choices: [] }],
    },
    ...inner.flatMap(placesOf),
  ];
}

/** `[path and option, its choices]` of every option with choices. */
function choicesOf(places: Place[]): [string, readonly string[]][] {
  return places.flatMap(({ path, words }) =>
    words.filter(({ choices }) => choices.length > 0)
      .map(({ word, choices }): [string, readonly string[]] => [`${path} ${word}`, choices])
  );
}

function bashScript(places: Place[]): string {
  const paths = places.filter(({ path }) => path).map(({ path }) => quote(path)).join("|");
  const choices = choicesOf(places).map(([at, words]) =>
    `    ${quote(at)}) words=${quote(words.join(" "))} ;;`
  );
  const words = places.map(({ path, words }) =>
    `      ${quote(path)}) words=${quote(words.map(({ word }) => word).join(" "))} ;;`
  );
  return `# bash completion for denizen
_denizen() {
  local at="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${at:+$at }$word" in ${paths}) at="\${at:+$at }$word" ;; esac
  done
  case "$at \${COMP_WORDS[COMP_CWORD-1]}" in
${choices.join("\n")}
    *) case "$at" in
${words.join("\n")}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _denizen denizen`;
}

function zshScript(places: Place[]): string {
  const paths = places.filter(({ path }) => path).map(({ path }) => quote(path)).join("|");
  const choices = choicesOf(places).map(([at, words]) =>
    `    (${quote(at)}) compadd -- ${words.map(quote).join(" ")}; return ;;`
  );
  const words = places.map(({ path, words }) =>
    `    (${quote(path)}) entries=(${
      words.map(({ word, description }) => quote(description ? `${word}:${description}` : word)).join(" ")
    }) ;;`
  );
  return `#compdef denizen
_denizen() {
  local at="" word
  local -a entries
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${at:+$at }$word" in (${paths}) at="\${at:+$at }$word" ;; esac
  done
  case "$at \${words[CURRENT-1]}" in
${choices.join("\n")}
  esac
  case "$at" in
${words.join("\n")}
  esac
  _describe denizen entries || _files
}
compdef _denizen denizen`;
}

function fishScript(places: Place[]): string {
  const paths = places.filter(({ path }) => path).map(({ path }) => quote(path)).join(" ");
  const lines = places.flatMap(({ path, words }) =>
    words.map(({ word, description, choices }) => {
      const isOption = word.startsWith("--");
      const what = isOption ? `-l ${word.slice(2)}` : `-a ${quote(word)}`;
      const values = choices.length > 0 ? ` -x -a ${quote(choices.join(" "))}` : "";
      return `complete -c denizen -n ${quote(`__denizen_at "${path}"`)} ${what}${values} -d ${
        quote(description)
      }`;
    })
  );
  return `# fish completion for denizen
function __denizen_at
  set -l at ""
  for word in (commandline -opc)[2..]
    set -l next (string trim "$at $word")
    if contains -- $next ${paths}
      set at $next
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join("\n")}`;
}

/** In single quotes, in which all three shells read every other character literally except fish's backslash. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
