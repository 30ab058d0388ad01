# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion.  sjoboutliers knows its commands, options and columns, so it is asked.

# Of the line, what comes first that is no option: the command.
function __sjoboutliers_command
    set -l words (commandline -opc)
    set -l skip 0
    for word in $words[2..]
        if test $skip = 1
            set skip 0
        else if contains -- $word -c --config
            set skip 1
        else if not string match -q -- '-*' $word
            echo $word
            return
        end
    end
end

# FIRST LAST [COMMAND]: "name<Tab>what it is" of what --help lists between two lines.
function __sjoboutliers_listed
    sjoboutliers $argv[3] --help 2>/dev/null | sed -n "/^$argv[1]/,/^$argv[2]/s/^  \([a-z_]*\)  *\(.*\)/\1\t\2/p"
end

function __sjoboutliers_options
    sjoboutliers (__sjoboutliers_command) --help 2>/dev/null | string match -ra -- '--[a-z-]+' | sort -u
end

# Of a list, what is there already stands before each word.
function __sjoboutliers_list
    set -l before (commandline -ct | string replace -r '^--[a-z]+=' '' | string match -r '^.*,')
    while read -l word
        echo "$before$word"
    end
end

function __sjoboutliers_is
    contains -- (__sjoboutliers_command) $argv
end

complete -c sjoboutliers -n 'test -z (__sjoboutliers_command)' -f -a '(__sjoboutliers_listed Commands: "\$")'
complete -c sjoboutliers -n '__sjoboutliers_is help' -f -a '(__sjoboutliers_listed Commands: "\$")'
complete -c sjoboutliers -n 'string match -q -- "-*" (commandline -ct)' -f -a '(__sjoboutliers_options)'
complete -c sjoboutliers -s v -l verdict -x -a '(printf "%s\n" high low normal unjudged watch certain | __sjoboutliers_list)'
complete -c sjoboutliers -l metric -x -a 'wall memory cpu'
complete -c sjoboutliers -n '__sjoboutliers_is plot' -l by -x -a 'size time'
complete -c sjoboutliers -n '__sjoboutliers_is plot' -l format -x -a 'terminal svg png'
complete -c sjoboutliers -n 'not __sjoboutliers_is plot' -s o -l format -x -a '(__sjoboutliers_listed "Columns for -o:" Without (__sjoboutliers_command) | __sjoboutliers_list)'
complete -c sjoboutliers -l sort -x -a '(__sjoboutliers_listed "Columns for -o:" Without (__sjoboutliers_command) | __sjoboutliers_list)'
complete -c sjoboutliers -s s -l state -x -a '(printf "%s\n" RUNNING COMPLETED FAILED TIMEOUT CANCELLED OUT_OF_MEMORY NODE_FAIL PREEMPTED DEADLINE BOOT_FAIL | __sjoboutliers_list)'
complete -c sjoboutliers -s u -l user -x -a '(__fish_complete_users)'
complete -c sjoboutliers -s p -l partition -x -a '(sinfo --noheader --format=%R 2>/dev/null | __sjoboutliers_list)'
for option in 'S starttime' 'E endtime' 'M clusters' 'A accounts' 'C class' 'j jobs'
    set -l names (string split ' ' $option)
    complete -c sjoboutliers -s $names[1] -l $names[2] -x
end
complete -c sjoboutliers -l since -x
