/** Shells that there is a completion script for. */
export type CompletionShell = 'bash' | 'zsh';

/** What `svclab __complete` prints when a file name is wanted; the shell completes those by itself. */
export const filesWanted = '<files>';

/*
 * Bash cuts words at ":" and "=" as well and replaces only the last piece, so what stands before it is taken off.
 */
const bash = `_svclab() {
  local line=\${COMP_LINE:0:COMP_POINT} piece=\${COMP_WORDS[COMP_CWORD]} word before candidate
  word=\${line##*[[:space:]]}
  before=\${word%"$piece"}
  COMPREPLY=()
  while IFS= read -r candidate; do
    if [[ $candidate == '${filesWanted}' ]]; then
      compopt -o default
      COMPREPLY=()
      return
    fi
    COMPREPLY+=("\${candidate#"$before"}")
  done < <("\${COMP_WORDS[0]}" __complete "$line" 2>/dev/null)
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == */ ]]; then
    compopt -o nospace
  fi
}
complete -F _svclab svclab
`;

const zsh = `#compdef svclab
_svclab() {
  local -a candidates
  candidates=("\${(@f)$("\${words[1]}" __complete "\${(j: :)words[1,CURRENT]}" 2>/dev/null)}")
  candidates=(\${candidates:#})
  if [[ "\${candidates[1]}" == '${filesWanted}' ]]; then
    _files
  elif (( \${#candidates} == 1 )) && [[ "\${candidates[1]}" == */ ]]; then
    compadd -S '' -- "\${candidates[@]}"
  elif (( \${#candidates} )); then
    compadd -- "\${candidates[@]}"
  fi
}
if [[ "\${funcstack[1]}" == _svclab ]]; then
  _svclab "$@"
else
  compdef _svclab svclab
fi
`;

/** The script that a shell reads to complete svclab's commands. */
export function completionScript(shell: CompletionShell): string {
  return shell === 'bash' ? bash : zsh;
}
