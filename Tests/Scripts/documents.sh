#!/bin/bash
# What the documents say is there, is there; and what is there, they say.
. "$(dirname "$0")/common.sh"

# same WHAT FILE FILE: two sorted lists, of which the second one is the documents'
same() {
    diff --label "$1: in the program" --label "$1: in the documents" -u "$2" "$3"
}

# Settings: the program's table, the manual page, the README.
sed -n '/^package enum SettingName/,/^}/p' Sources/SimscanNative/Settings/SettingName.swift |
    sed -n 's/^ *case [A-Za-z]* = "\(.*\)"$/\1/p; s/^ *case \([a-z]*\)$/\1/p' | sort > "$WORK/settings"
[ "$(wc -l < "$WORK/settings")" -gt 50 ]
sed -n 's/^\\fB\([a-z\\-]*\)\\fR = .*/\1/p' doc/simscan.conf.5 | tr -d '\\' | sort > "$WORK/manual"
same 'settings' "$WORK/settings" "$WORK/manual"
grep -rhoE '^( {4})?[a-z-]+ = ' README.md doc --include='*.md' | sed 's/ *= *//; s/^ *//' | sort -u > "$WORK/examples"
[ -s "$WORK/examples" ]
is 'settings of examples that do not exist' "$(comm -23 "$WORK/examples" "$WORK/settings")" ''
ok 'every setting stands in simscan.conf(5), and every setting of an example exists'

# States: of the log line, and of the table.
sed -n '/extension Verdict.State/,/^}/p' Sources/SimscanNative/Logging/VerdictLine.swift |
    sed -n 's/.*: "\([A-Z ]*\)"$/\1/p' | sort > "$WORK/states"
[ "$(wc -l < "$WORK/states")" -ge 14 ]
sed -n '/^## By the word/,/^## By the text/p' doc/troubleshooting.md | sed -n 's/^| `\([A-Z ]*\)` |.*/\1/p' |
    grep -vxE 'SHADOW|NOTE|DEBUG' | sort > "$WORK/words"
same 'states' "$WORK/states" "$WORK/words"
while read -r state; do says README.md "\`$state\`" || says doc/simscan.8 "$state"; done < "$WORK/states"
ok 'every state of the log stands in troubleshooting.md, and no other'

# The fixed pieces of texts: what stands between what the program puts in.
pieces() { sed 's/\\([^)]*)/\n/g; s/…/\n/g; s/^parser[,:] //' | sed 's/^[ :,;]*//; s/[ :,;]*$//' | grep -E '.{6}' | sort -u; }

# What scanners are blamed for, as the program's sources have it.
{
    sed -n 's/^ *case \.[^"]*: "\([^"]*\)".*/\1/p' Sources/{Clamd,Spamd,Trophie}Protocol/*.swift
    # Those two are simscanmk's and simscanctl's.
    find Sources/SimscanNative/{Network,Scanning} -name '*.swift' ! -name VersionQuestions.swift ! -name HostProbe.swift \
        -exec cat {} + | sed -n 's/.*ScannerFault(phase: \.[a-z]*, text: "\([^"]*\)".*/\1/p; s/.*fail("\([^"]*\)").*/\1/p'
    sed -n 's/.*died("\([^"]*\)".*/\1/p; s/.*disturbed("\([^"]*\)".*/\1/p; s/.*unparsed("\([^"]*\)".*/\1/p' Sources/SimscanNative/Cage/*.swift
    cat Sources/simscan/*.swift Sources/SimscanNative/*/*.swift | sed -n 's/.*FilterFailure([^"]*"\([^"]*\)".*/\1/p'
} | grep -vE '^z[A-Z]|^(workdir|spamd|socket|clean|ham|spam|infected): ?$' | pieces > "$WORK/faults"
[ "$(wc -l < "$WORK/faults")" -gt 30 ]
while read -r text; do says doc/troubleshooting.md "$text"; done < "$WORK/faults"
ok "every fault of a scanner and of the parser stands in troubleshooting.md"

cat Sources/*/*.swift Sources/*/*/*.swift Sources/*/*.c > "$WORK/sources"
sed -n '/^## By the text/,/^## By the SMTP/p' doc/troubleshooting.md | sed -n 's/^| `\([^|]*\)` |.*/\1/p' |
    pieces > "$WORK/texts"
[ "$(wc -l < "$WORK/texts")" -gt 50 ]
while read -r text; do grep -qF -- "$text" "$WORK/sources" || { echo "not ok: '$text': nothing says so"; exit 1; }; done \
    < "$WORK/texts"
ok 'every text of troubleshooting.md is one of the program'

# Replies.
sed -n 's/.*kind + "\(Your email[^"]*\)".*/\1/p' Sources/SimscanNative/Delivery/ReplyText.swift | pieces > "$WORK/replies"
[ "$(wc -l < "$WORK/replies")" -ge 8 ]
while read -r text; do says doc/troubleshooting.md "$text"; done < "$WORK/replies"
ok 'every reply stands in troubleshooting.md'

# Recipes: every block compiles, without a warning.
recipes=$(awk -v work="$WORK/recipe" '
    /^```(simcontrol|simscan.conf)$/ { kind = substr($0, 4); n++; next }
    /^```/ { kind = ""; next }
    kind { print > (work "." n "." kind) }
    END { print n }' doc/per-domain.md)
[ "$recipes" -gt 10 ]
for number in $(seq "$recipes"); do
    mkdir "$WORK/control"
    [ ! -f "$WORK/recipe.$number.simcontrol" ] || {
        cp "$WORK/recipe.$number.simcontrol" "$WORK/control/simcontrol"
        printf '%s\n' 'per-domain = yes' 'spam = yes' 'attach = yes' > "$WORK/control/simscan.conf"
    }
    [ ! -f "$WORK/recipe.$number.simscan.conf" ] || {
        cp "$WORK/recipe.$number.simscan.conf" "$WORK/control/simscan.conf"
        echo ':clam=yes,spam=yes' > "$WORK/control/simcontrol"
    }
    "$BUILT/simscanmk" --controldir "$WORK/control" --check --strict > "$WORK/said" 2>&1 || {
        echo "not ok: recipe $number of per-domain.md"
        cat "$WORK/control/simcontrol" "$WORK/said"
        exit 1
    }
    rm -r "$WORK/control"
done
ok "the $recipes recipes of per-domain.md compile"

# Commands and options of simscanctl and simscanmk that the documents and contrib give.
grep -rhoE '(simscanctl|simscanmk) +[a-z-][^`|;&>)]*' README.md doc/*.md contrib | sort -u > "$WORK/given"
[ "$(wc -l < "$WORK/given")" -gt 15 ]
while read -r program command rest; do
    words=("$program")
    if [ "$program" = simscanctl ] && [[ $command != -* ]]; then
        # Words of a sentence are no commands.
        "$BUILT/simscanctl" help | grep -qE "^  $command " || continue
        words+=("$command")
        [ "$command" != quarantine ] || [[ ! $rest =~ ^[a-z]+ ]] || words+=("${BASH_REMATCH[0]}")
    fi
    "$BUILT/$program" "${words[@]:1}" --help > "$WORK/help" 2>&1 || {
        echo "not ok: ${words[*]}: is no command"
        exit 1
    }
    for option in $command $rest; do
        [[ $option != --* ]] || grep -qE -- "$option( |,|$)" "$WORK/help" || {
            echo "not ok: ${words[*]} has no $option"
            exit 1
        }
    done
done < "$WORK/given"
ok 'every command and option in the documents exists'

# Options of the manual pages: all that the help has, and no other.
for program in simscanctl simscanmk; do
    {
        "$BUILT/$program" --help
        if [ "$program" = simscanctl ]; then
            for command in check explain test 'quarantine list' 'quarantine show' 'quarantine release' \
                'quarantine delete' 'quarantine expire' log metrics migrate; do
                # shellcheck disable=SC2086
                "$BUILT/$program" help $command
            done
        fi
    } | sed -n '/^OPTIONS:/,/^SUBCOMMANDS:/p' | grep -oE '^  (-[a-z], )?--[a-z-]+|^  -[a-z]' |
        tr -d ',' | tr ' ' '\n' | grep -E '^-' | sort -u > "$WORK/options"
    [ "$(wc -l < "$WORK/options")" -gt 8 ]
    sed -n '/^\.SH OPTIONS/,/^\.SH EXIT\|^\.SH FROM/p' "doc/$program.8" | grep -E '^\.BR? +\\-' |
        grep -oE '(\\-)+[a-z][a-z\\-]*' | tr -d '\\' | sort -u > "$WORK/manual.options"
    same "options of $program" "$WORK/options" "$WORK/manual.options"
done
ok 'every option stands in the manual, and no other'

# One path of the log.
logs=$(grep -rhoE '/var/log/[a-z/.@*]+' README.md doc contrib Sources/simscanctl --include='*' --exclude='*.png' |
    sed 's/[.,]*$//' | sort -u | grep -vxE '/var/log/mail\.log|/var/log/qmail' || true)
is 'paths of the log' "$(echo $logs)" \
    '/var/log/qmail/smtpd /var/log/qmail/smtpd/* /var/log/qmail/smtpd/current'
ok 'the log has one path in every document'

# What the documents say of statuses is what simscanctl test --self says.
sed -n 's/^ *(\([0-9]*\)\.\.\.[0-9]*, "\(.*\)"),$/\1 \2/p' Sources/simscanctl/Test/SMTPReply.swift > "$WORK/replies"
[ "$(wc -l < "$WORK/replies")" -gt 10 ]
grep -oE '^\| `[0-9]{3} [^`]*` \| qmail-smtpd, status [0-9]+( or [0-9]+)?' doc/troubleshooting.md |
    sed 's/^| `\([^`]*\)` | qmail-smtpd, status \(.*\)$/\2|\1/' > "$WORK/rows"
[ "$(wc -l < "$WORK/rows")" -gt 7 ]
while IFS='|' read -r statuses reply; do
    for status in ${statuses/ or / }; do says "$WORK/replies" "$status $reply"; done
done < "$WORK/rows"
for status in 31 51 53 54 55 61 71 81 91 120; do
    grep -qE "(^| )$status(\$| |\\|)" "$WORK/rows" || { echo "not ok: troubleshooting.md has no status $status"; exit 1; }
done
ok 'troubleshooting.md and test --self give the same reply for a status'

is 'messages in Tests/Corpus, by SECURITY.md' "$(sed -n 's/.* \([0-9]*\) messages in .Tests\/Corpus.*/\1/p' SECURITY.md)" \
    "$(find Tests/Corpus -name '*.eml' | wc -l)"
ok 'SECURITY.md counts the corpus'

# Links to files of the project.
for file in README.md doc/*.md; do
    { grep -oE '\]\([^)]*\)' "$file" || true; } | sed 's/^](//; s/)$//; s/#.*//' | while read -r link; do
        case $link in '' | http*) continue ;; esac
        [ -e "$(dirname "$file")/$link" ] || { echo "not ok: $file: $link is not there"; exit 1; }
    done
done
ok 'every link leads to a file'

# Manual pages without a warning.
for page in doc/*.[58]; do
    is "what man says of $page" "$(MANROFFSEQ=t MANWIDTH=200 man --warnings -l "$page" 2>&1 > /dev/null)" ''
done
ok 'every manual page is set without a warning'
