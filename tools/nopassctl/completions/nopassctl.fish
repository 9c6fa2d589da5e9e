# fish completion for nopassctl: the program itself says what fits.
function __nopassctl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for offer in ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
        if string match -q ':files*' -- $offer
            __fish_complete_path "$current"
        else
            echo $offer
        end
    end
end
complete -c nopassctl -f -a '(__nopassctl_complete)'
