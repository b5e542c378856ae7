/**
 * The script that completes the program's words in bash. The library's own
 * needs the package bash-completion, and completes no names of files; here bash
 * itself does that, by `-o default`, where nothing else fits.
 */
export const bashCompletions = `# bash completion for mnist-cnn
_mnist_cnn() {
  local IFS=$'\\n' line
  local -a found=()
  while read -r line; do
    [[ $line == :* ]] || found+=("\${line%%$'\\t'*}")
  done < <(mnist-cnn complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=($(compgen -W "\${found[*]}" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _mnist_cnn mnist-cnn`;
