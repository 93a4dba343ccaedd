#compdef wuye
# Completion of wuye for zsh. Made by `wuye completion zsh`; the program itself says what fits.
_wuye() {
    local line program=${(Q)words[1]}
    local -a typed found shown
    typed=("${(@Q)words}")
    typed[CURRENT]=${(Q)PREFIX}
    typed=("${(@)typed//$'\n'/ }")
    whence -- "$program" >/dev/null 2>&1 || program=wuye
    while IFS= read -r line; do
        case $line in
            $'\tfiles')
                compset -P '--*='
                _files
                return
                ;;
            $'\tfolders')
                compset -P '--*='
                _files -/
                return
                ;;
            ?*)
                found+=("${line%%$'\t'*}")
                shown+=("${line%%$'\t'*}${${line#*$'\t'}:+  -- ${line#*$'\t'}}")
                ;;
        esac
    done < <(
        _WUYE_COMPLETE=zsh _WUYE_WORDS="${(pj:\n:)typed}" _WUYE_AT=$((CURRENT - 1)) \
            "$program" 2>/dev/null </dev/null
    )
    (( $#found )) || return 1
    compadd -U -V wuye -l -d shown -a -- found
}
if [[ ${funcstack[1]-} == _wuye ]]; then
    _wuye "$@"
elif (( $+functions[compdef] )); then
    compdef _wuye wuye
fi
