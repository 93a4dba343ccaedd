# Completion of wuye for fish. Made by `wuye completion fish`; the program itself says what fits.
function __wuye_complete
    set -l before (commandline -opc | string replace -a \n ' ')
    set -l current (commandline -ct)
    set -l program $before[1]
    command -sq -- $program; or set program wuye
    set -l bare (string unescape -- $current)
    or set bare (string trim -l -c '"\'' -- $current)
    set -l found (_WUYE_COMPLETE=fish _WUYE_WORDS=(string join \n -- $before "$bare" | string collect) \
        _WUYE_AT=(count $before) command $program 2>/dev/null </dev/null)
    set -l option (string match -r -- '^--[^=]*=' $current)
    set -l value (string replace -r -- '^--[^=]*=' '' $current)
    switch "$found[1]"
        case \tfiles
            printf '%s\n' "$option"(__fish_complete_path "$value")
        case \tfolders
            printf '%s\n' "$option"(__fish_complete_directories "$value" '')
        case '?*'
            printf '%s\n' $found
    end
end
complete -c wuye -e
complete -c wuye -f -k -a '(__wuye_complete)'
