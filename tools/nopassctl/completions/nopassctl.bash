# bash completion for nopassctl: the program itself says what fits.
_nopassctl() {
  local -a words
  local line=${COMP_LINE:0:COMP_POINT} current offer
  # Bash splits words at colons, which scopes have: take them from the line.
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current=${words[-1]}
  COMPREPLY=()
  while IFS=$'\t' read -r offer _; do
    if [[ $offer == :files ]]; then
      compopt -o filenames 2>/dev/null
      mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
    elif [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
      COMPREPLY+=("${offer#"${current%:*}:"}")
    else
      COMPREPLY+=("$offer")
    fi
  done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
}
complete -F _nopassctl nopassctl
