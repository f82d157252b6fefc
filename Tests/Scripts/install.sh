#!/bin/bash
# make install, make uninstall: owners, modes, a classic simscan in the way, and what stays.
. "$(dirname "$0")/common.sh"

root=$WORK/root
q=$root/var/qmail
install() { make -s "${1-install}" BIN="$BUILT" DESTDIR="$root" USER=nobody "${@:2}" > "$WORK/said" 2>&1; }
state() { stat -c '%a %U:%G' "$1"; }
group=$(id -gn nobody)
# What is installed is what was built, less its symbols.
same_program() {
    is 'what it says' "$("$q/bin/simscan" --version)" "$("$BUILT/simscan" --version)"
    is 'symbols' "$(readelf --symbols --wide "$q/bin/simscan" | grep -c ' FUNC .* main$' || true)" 0
    readelf --symbols --wide "$BUILT/simscan" | grep ' FUNC .* main$' > /dev/null
}
tree() { (cd "$root" && find . \( -type f -o -type l \) | sort); }

# Beside a qmail whose control files are there already.
mkdir -p "$q/control" "$q/bin"
echo 'clamav = no' > "$q/control/simscan.conf"
printf '#!/bin/sh\n' > "$q/bin/qmail-queue"
tree > "$WORK/before"
install
is 'bin/simscan' "$(state "$q/bin/simscan")" "4711 nobody:$group"
is 'bin/simscanmk' "$(state "$q/bin/simscanmk")" '755 root:root'
is 'bin/simscanctl' "$(state "$q/bin/simscanctl")" '755 root:root'
is 'the working directory' "$(state "$q/simscan")" "2750 nobody:$group"
is 'the directory of what is remembered' "$(state "$q/simscan.state")" "2750 nobody:$group"
is 'the quarantine' "$(state "$q/quarantine")" "750 nobody:$group"
same_program
is 'the settings' "$(cat "$q/control/simscan.conf")" 'clamav = no'
is 'a name in sbin' "$(readlink "$root/usr/local/sbin/simscanctl")" /var/qmail/bin/simscanctl
for page in doc/*.[58]; do [ -s "$root/usr/local/share/man/man${page##*.}/${page##*/}" ]; done
for file in bash-completion/completions/simscanctl zsh/site-functions/_simscanctl \
    fish/vendor_completions.d/simscanctl.fish doc/simscan/contrib/rc.qmail doc/simscan/doc/getting-started.md \
    doc/simscan/NOTICE; do
    [ -s "$root/usr/local/share/$file" ]
done
bash -n "$root/usr/local/share/bash-completion/completions/simscanctl"
is 'files of a half install' "$(find "$root" -name '*.new')" ''
ok 'a fresh install has its owners and modes'

install
ok 'an install over itself needs no word'

echo kept > "$q/quarantine/msg.1.2.3"
install uninstall
rm "$q/quarantine/msg.1.2.3"
is 'what is left' "$(tree)" "$(cat "$WORK/before")"
is 'the directories that are left' "$(cd "$q" && echo *)" 'bin control quarantine'
ok 'uninstall leaves control files and quarantine, and nothing of its own'

printf 'the classic filter\n' > "$q/bin/simscan"
printf 'the classic compiler\n' > "$q/bin/simscanmk"
chown "nobody:$group" "$q/bin/simscan"
chmod 4711 "$q/bin/simscan"
tree > "$WORK/before"
if install; then is 'an install over a classic' 'done' refused; fi
says "$WORK/said" "$q/bin/simscan is not this simscan's"
is 'what is there' "$(tree)" "$(cat "$WORK/before")"
ok 'a classic simscan is not overwritten'

install install REPLACE=1
is 'the classic' "$(cat "$q/bin/simscan.classic") $(state "$q/bin/simscan.classic")" \
    "the classic filter 4711 nobody:$group"
is 'its compiler' "$(cat "$q/bin/simscanmk.classic")" 'the classic compiler'
same_program
install
ok 'with REPLACE=1 it is kept beside'

install uninstall
is 'what is left' "$(tree)" "$(cat "$WORK/before")"
is 'the classic' "$(cat "$q/bin/simscan") $(state "$q/bin/simscan")" "the classic filter 4711 nobody:$group"
ok 'uninstall gives the classic back'

if install install QMAILDIR=/opt/qmail; then is 'an install elsewhere' 'done' refused; fi
says "$WORK/said" 'the programs are built for /var/qmail'
ok 'programs are not installed where they would not look'

# Without DESTDIR, where there is no qmail: it must not come to making the user.
mkdir "$WORK/fake"
printf '#!/bin/sh\ntouch "%s"\n' "$WORK/made" > "$WORK/fake/useradd"
chmod 755 "$WORK/fake/useradd"
if unshare --mount true 2> /dev/null; then
    if PATH=$WORK/fake:$PATH unshare --mount sh -c 'mount -t tmpfs tmpfs /var && exec "$@"' sh \
        make -s install BIN="$BUILT" USER=no-such-user-here > "$WORK/said" 2>&1; then
        is 'an install without a qmail' 'done' refused
    fi
    says "$WORK/said" '/var/qmail: no qmail is here'
    [ ! -e "$WORK/made" ] || is 'the user' made 'not made'
    ok 'where there is no qmail nothing is made'
fi
