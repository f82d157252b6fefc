#!/bin/bash
# Every command of every manual page's EXAMPLES is run, in an installation of its own: mounts, network and users are
# private, the scanners are fakes. The examples of file formats are compiled.
. "$(dirname "$0")/common.sh"

# What stands between .nf and .fi under EXAMPLES, as a reader sees it.
examples() {
    sed -n '/^\.SH EXAMPLES/,/^\.SH SEE/p' "$1" | awk '/^\.nf/ { inside = 1; next } /^\.fi/ { inside = 0; print "" } inside' |
        sed 's/\\-/-/g; s/\\(aq/'"'"'/g; s/\\(dq/"/g; s/\\e/\\/g; s/\\&//g'
}

if [ "${1-}" != inside ]; then
    # Formats first: each block is a whole file.
    for format in simscan.conf:clamav simcontrol:clam; do
        page=${format%:*}
        mkdir "$WORK/control"
        printf '%s\n' 'per-domain = yes' 'spam = yes' 'attach = yes' 'trophie-socket = /run/trophie' \
            > "$WORK/control/simscan.conf"
        examples "doc/$page.5" > "$WORK/control/$page"
        [ "$(grep -c = "$WORK/control/$page")" -ge 3 ]
        "$BUILT/simscanmk" --controldir "$WORK/control" --check --strict
        rm -r "$WORK/control"
    done
    ok 'the examples of simscan.conf(5) and simcontrol(5) compile'

    if ! unshare --mount --net --pid --fork true 2> /dev/null; then
        ok 'mounts and networks of its own are not allowed here: no command was run'
        exit 0
    fi
    exec unshare --mount --net --pid --fork --kill-child -- "$0" inside
fi

mount --make-rprivate /
mount -t proc proc /proc
ip link set lo up
root=$WORK/root
mkdir -p "$root"/var/{qmail/{bin,control},tmp,log,lib} "$root/run/clamav" "$WORK/here"
chmod 755 "$WORK" "$root" "$root"/var
chmod 1777 "$root/var/tmp"
# A user of the name that an installation gives it, in this namespace alone.
cp /etc/passwd /etc/group "$WORK/"
grep -q '^simscan:' /etc/passwd || echo 'simscan:x:64900:64900:::/usr/sbin/nologin' >> "$WORK/passwd"
grep -q '^simscan:' /etc/group || echo 'simscan:x:64900:' >> "$WORK/group"
for file in passwd group; do
    chmod 644 "$WORK/$file"
    mount --bind "$WORK/$file" "/etc/$file"
done
DESTDIR=$root scripts/install > /dev/null
cat > "$root/var/qmail/bin/qmail-queue" <<'END'
#!/bin/sh
cat > /dev/null && cat <&1 > /dev/null
END
chmod 755 "$root/var/qmail/bin/qmail-queue"
mount --bind "$root/var" /var
mount --bind "$root/run" /run
export PATH=/var/qmail/bin:$PATH

"$FAKES" clamd --listen unix:/run/clamav/clamd.ctl > /dev/null &
"$FAKES" spamd --listen tcp:127.0.0.1:783 > /dev/null &
until_true 20 test -S /run/clamav/clamd.ctl
chmod 666 /run/clamav/clamd.ctl
spamd_listens() { (exec 3<> /dev/tcp/127.0.0.1/783); }
until_true 20 spamd_listens

printf '%s\n' 'per-domain = yes' 'spam = yes' 'attach = yes' 'custom-smtp-reject = yes' \
    'quarantinedir = /var/qmail/quarantine' > /var/qmail/control/simscan.conf
examples doc/simcontrol.5 | sed 's/trophie=yes,//' > /var/qmail/control/simcontrol
simscanmk > /dev/null

# What the examples name, beside a qmail.
cp -r Tests/Scripts/examples/. "$WORK/here/"
prepare=$PWD/Tests/Scripts/examples.prepare
pages=$(cd doc && ls -- *.8)
repository=$PWD
cd "$WORK/here" || exit 1
# shellcheck source=/dev/null
[ ! -f "$prepare" ] || . "$prepare"

for page in $pages; do
    examples "$repository/doc/$page" | grep -v '^$' > "$WORK/commands"
    [ -s "$WORK/commands" ]
    while read -r command; do
        status=0
        bash -c "$command" > "$WORK/said" 2>&1 < /dev/null || status=$?
        [ "$status" = 0 ] || {
            echo "not ok: $page: $command: exit status $status"
            cat "$WORK/said"
            exit 1
        }
    done < "$WORK/commands"
    ok "$(wc -l < "$WORK/commands") examples of $page"
done
