# What every test in shell begins with. All that is said goes to standard error; the first failure ends it.
#
# Environment: WORK (an empty directory), BUILT (where the programs are), FAKE_QMAIL_QUEUE, FAKES.
# shellcheck shell=bash
set -eEuo pipefail
exec >&2 9>&2
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
trap 'echo "not ok: line $LINENO: $BASH_COMMAND" >&9' ERR

ok() { echo "ok: $*"; }

# is WHAT FOUND EXPECTED
is() {
    [ "$2" = "$3" ] || {
        echo "not ok: $1: found '$2', expected '$3'"
        exit 1
    }
}

# says FILE WORDS: the words stand in it
says() {
    grep -qF -- "$2" "$1" || {
        echo "not ok: '$2' does not stand in $1:"
        head -n 15 "$1"
        exit 1
    }
}

# until_true SECONDS COMMAND...: asked again and again
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@" 2>/dev/null; do
        [ "$SECONDS" -lt "$end" ] || {
            echo "not ok: never true: $*"
            return 1
        }
        read -r -t 0.05 <> <(:) || true
    done
}
