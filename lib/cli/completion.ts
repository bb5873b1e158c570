/** `vpn-medic completion SHELL`: a script that completes commands and options, made of the program's own list of them. Pure. */
import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export const completionScript = (program: Command, shell: Shell): string =>
  SCRIPTS[shell](placesIn(program, []));

/** A command, by its words from the program's name on, and what may follow it. */
interface Place {
  readonly words: string;
  readonly below: readonly string[];
  readonly options: readonly string[];
}

const placesIn = (command: Command, words: readonly string[]): readonly Place[] => [
  {
    words: words.join(' '),
    below: command.commands.map((one) => one.name()),
    options: command.options.flatMap(({ long }) => long ?? []),
  },
  ...command.commands.flatMap((one) => placesIn(one, [...words, one.name()])),
];

/** Words that name no command are an option's value or an argument: the place stays. */
const walk = (places: readonly Place[], list: string): string =>
  `  local at="" word
  for word in ${list}; do
    case "$at $word" in
      ${places
        .filter(({ words }) => words !== '')
        .map(({ words }) => `"${words.includes(' ') ? words : ` ${words}`}"`)
        .join('|')}) at="\${at:+$at }$word" ;;
    esac
  done`;

const choices = (places: readonly Place[], of: (words: string) => string): string =>
  places
    .map(
      ({ words, below, options }) => `    "${words}") ${of([...below, ...options].join(' '))} ;;`,
    )
    .join('\n');

const SCRIPTS: Readonly<Record<Shell, (places: readonly Place[]) => string>> = {
  bash: (places) => `_vpn_medic() {
${walk(places, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"')}
  local choices=""
  case "$at" in
${choices(places, (words) => `choices="${words}"`)}
  esac
  COMPREPLY=($(compgen -W "$choices" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _vpn_medic vpn-medic
`,
  zsh: (places) => `#compdef vpn-medic
_vpn_medic() {
${walk(places, '"${(@)words[2,CURRENT-1]}"')}
  case "$at" in
${choices(places, (words) => `compadd -- ${words}`)}
  esac
}
compdef _vpn_medic vpn-medic
`,
  fish: (places) =>
    places
      .flatMap(({ words, below, options }) => {
        const seen = words.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
        const when = words === '' ? '__fish_use_subcommand' : seen.join('; and ');
        return [
          ...below.map((name) => `complete -c vpn-medic -n '${when}' -a ${name}`),
          ...options.map((name) => `complete -c vpn-medic -n '${when}' -l ${name.slice(2)}`),
        ];
      })
      .map((line) => `${line}\n`)
      .join(''),
};
