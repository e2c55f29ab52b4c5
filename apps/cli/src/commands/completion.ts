import { basename } from 'node:path';
import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

export const command = {
  positionals: {
    shell: { choices: SHELLS, describe: 'your own shell without it' },
  },
  example: 'completion bash > ~/.local/share/bash-completion/completions/holdfast',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const own = basename(process.env['SHELL'] ?? '');
  const shell = args.shell ?? SHELLS.find((known) => known === own) ?? 'bash';
  const script = SCRIPTS[shell];
  context.output.answer({ shell, script }, () => script.trimEnd().split('\n'));
}

/** Each asks holdfast itself what may follow, and offers files where that is nothing. */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_holdfast() {
  local words
  words=$(SHELL=bash holdfast --get-yargs-completions "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -o bashdefault -o default -F _holdfast holdfast
`,
  zsh: `#compdef holdfast
_holdfast() {
  local -a words_found
  words_found=("\${(@f)$(SHELL=zsh holdfast --get-yargs-completions "\${(@)words[1,CURRENT]}" 2>/dev/null)}")
  if (( \${#words_found} )) && [[ -n "\${words_found[1]}" ]]; then
    _describe 'holdfast' words_found
  fi
  _files
}
compdef _holdfast holdfast
`,
  fish: `function __holdfast
  set -l words (commandline -opc) (commandline -ct)
  env SHELL=fish holdfast --get-yargs-completions $words 2>/dev/null
end
complete -c holdfast -a '(__holdfast)'
`,
};
