/**
 * The script that completes the program's words in bash. The library's own
 * needs the package bash-completion, and completes no names of files; here bash
 * itself does that, by `-o default`, where nothing else fits.
 *
 * @param name The program's name.
 */
export function bashCompletions(name: string): string {
  const complete = `_${name.replaceAll(/\W/g, "_")}`;
  return `# bash completion for ${name}
${complete}() {
  local IFS=$'\\n' line ending directive=0 word=\${COMP_WORDS[COMP_CWORD]#=}
  local -a found=()
  while read -r line; do
    if [[ $line == :* ]]; then directive=\${line#:}
    else found+=("\${line%%$'\\t'*}"); fi
  done < <(${name} complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=()
  if ((directive == 8)); then
    compopt -o filenames 2>/dev/null
    for line in $(compgen -f -- "$word"); do
      [[ -d $line ]] && COMPREPLY+=("$line")
      for ending in "\${found[@]}"; do
        [[ \${line,,} == *."$ending" ]] && COMPREPLY+=("$line")
      done
    done
  elif ((directive == 16)); then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -d -- "$word"))
  else
    COMPREPLY=($(compgen -W "\${found[*]}" -- "$word"))
  fi
}
complete -o default -F ${complete} ${name}`;
}
