// The scripts by which shells complete `tiegel`. Each passes the words on, unchanged and evaluated by nobody, and takes a
// line of the answer for a word, or for the wish that the shell adds paths (`:files`, `:directories`).

export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/** @param program the words that start the program, whatever `tiegel` is on this machine */
export function shellScript(shell: Shell, program: readonly string[]): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](program.map(quoted).join(' '));
}

/** Single quotes mean the same in all three shells but for the backslash, which fish reads inside them too. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'"'"'`)}'`;
}

function bashScript(program: string): string {
  return `# Completion of tiegel for bash; in ~/.bashrc: source <(tiegel completion bash)
_tiegel() {
  local word="\${COMP_WORDS[COMP_CWORD]}" value path
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    case "$value" in
      :files)
        compopt -o filenames 2>/dev/null
        while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen -f -- "$word") ;;
      :directories)
        compopt -o filenames 2>/dev/null
        while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen -d -- "$word") ;;
      *) COMPREPLY+=("$value") ;;
    esac
  done < <(${program} complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _tiegel tiegel
`;
}

function zshScript(program: string): string {
  return `#compdef tiegel
# Completion of tiegel for zsh; in ~/.zshrc after compinit: source <(tiegel completion zsh)
_tiegel() {
  local value text
  local -a suggestions
  while IFS=$'\\t' read -r value text; do
    case "$value" in
      :files) _files ;;
      :directories) _files -/ ;;
      *) suggestions+=("\${value//:/\\\\:}\${text:+:$text}") ;;
    esac
  done < <(${program} complete zsh -- "\${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)
  (( \${#suggestions} )) && _describe tiegel suggestions
}
compdef _tiegel tiegel
`;
}

function fishScript(program: string): string {
  return `# Completion of tiegel for fish; in ~/.config/fish/config.fish: tiegel completion fish | source
function __tiegel_suggestions
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  for line in (${program} complete fish -- $words[2..-1] "$current" 2>/dev/null)
    switch $line
      case ':files'
        __fish_complete_path "$current"
      case ':directories'
        __fish_complete_directories "$current"
      case '*'
        echo $line
    end
  end
end
complete -c tiegel -f -a '(__tiegel_suggestions)'
`;
}
