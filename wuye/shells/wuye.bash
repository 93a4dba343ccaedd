# Completion of wuye for bash. Made by `wuye completion bash`; the program itself says what fits.
_wuye() {
    local IFS=$'\n' line program=$1
    COMPREPLY=()
    command -v -- "$program" >/dev/null 2>&1 || program=wuye
    compopt -o nosort 2>/dev/null
    while IFS= read -r line; do
        case $line in
            $'\tfiles') compopt -o default 2>/dev/null ;;
            $'\tfolders') compopt -o dirnames -o plusdirs 2>/dev/null ;;
            ?*) COMPREPLY[${#COMPREPLY[@]}]=$line ;;
        esac
    done < <(
        _WUYE_COMPLETE=bash _WUYE_WORDS="${COMP_WORDS[*]//$'\n'/ }" _WUYE_AT=$COMP_CWORD _WUYE_LINE=$COMP_LINE \
            "$program" 2>/dev/null </dev/null
    )
    return 0
}
complete -F _wuye wuye
