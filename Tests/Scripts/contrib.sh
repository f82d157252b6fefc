#!/bin/bash
# The samples of contrib: the scripts start and stop real servers, and the rules compile.
. "$(dirname "$0")/common.sh"

stop_all() {
    for file in "$WORK"/run/*.pid; do
        [ ! -s "$file" ] || kill "$(cat "$file")" 2>/dev/null || true
    done
}
trap stop_all EXIT

# An address of this machine with a port that is free now.
free_port() {
    perl -MSocket -e 'socket(S, PF_INET, SOCK_STREAM, 0); bind(S, sockaddr_in(0, INADDR_LOOPBACK)); print((sockaddr_in(getsockname(S)))[0])'
}
port=$(free_port)
listens() { (exec 3<> "/dev/tcp/127.0.0.1/$1"); }
closed() { ! listens "$1"; }

mkdir -p "$WORK"/{run,log,control,work,queue}
chmod 777 "$WORK/queue" "$WORK/work"
chmod 755 "$WORK"
printf '%s\n' 'clamav = no' 'attach = yes' "workdir = $WORK/work" "qmail-queue = $FAKE_QMAIL_QUEUE" \
    > "$WORK/control/simscan.conf"
echo .exe > "$WORK/control/ssattach"
SIMSCAN_CONTROLDIR=$WORK/control "$BUILT/simscanmk" > "$WORK/said" 2>&1
tcprules "$WORK/rules.cdb" "$WORK/rules.new" < contrib/tcp.smtp
is 'what the rules say of the world' \
    "$(TCPREMOTEIP=203.0.113.1 tcprulescheck "$WORK/rules.cdb" | grep QMAILQUEUE)" \
    'set environment variable QMAILQUEUE=/var/qmail/bin/simscan'
is 'what they say of a bad neighbour' \
    "$(TCPREMOTEIP=198.51.100.9 tcprulescheck "$WORK/rules.cdb" | tail -n 1)" 'deny connection'
ok 'contrib/tcp.smtp compiles, and says what it says'

smtp() {
    QMAILDIR=$WORK QMAILHOME=$WORK QMAILQUEUE=$BUILT/simscan SMTPD='/usr/sbin/mailfront smtp qmail accept' \
        SMTPD_USER=nobody LISTEN=127.0.0.1 PORT=$port TCPRULES=$WORK/none RUN=$WORK/run LOG=$WORK/log MEMORY=256000000 \
        SIMSCAN_CONTROLDIR=$WORK/control FAKE_QUEUE=$WORK/queue contrib/rc.qmail "$@"
}
if smtp status > "$WORK/said"; then is 'the status of nothing' running stopped; fi
smtp start
until_true 10 listens "$port"
smtp status > "$WORK/said"
says "$WORK/said" 'qmail-smtpd: runs'
smtp start > "$WORK/said"
says "$WORK/said" 'qmail-smtpd: runs already'
swaks --server 127.0.0.1 --port "$port" --from a@example.org --to b@example.com > "$WORK/said" 2>&1
says "$WORK/said" '250 2.6.0'
is 'messages in the queue' "$(find "$WORK/queue" -name 'env.*' | wc -l)" 1
: > "$WORK/trojan.exe"
if swaks --server 127.0.0.1 --port "$port" --from a@example.org --to b@example.com \
    --attach "@$WORK/trojan.exe" > "$WORK/said" 2>&1; then
    is 'a bad attachment' accepted refused
fi
says "$WORK/said" '554 5.3.0'
says "$WORK/log/smtpd/current" ':ATTACH:'
smtp stop
until_true 10 closed "$port"
ok 'contrib/rc.qmail starts an SMTP service with simscan in front, and stops it'

port=$(free_port)
spamd() {
    SPAMD_USER=nobody LISTEN=127.0.0.1:$port CHILDREN=1 OPTIONS='--local' PIDFILE=$WORK/run/spamd.pid \
        LOG=$WORK/log/spamd contrib/rc.spamd "$@"
}
spamd start
spamd status > "$WORK/said"
says "$WORK/said" 'spamd: runs'
exec 3<> "/dev/tcp/127.0.0.1/$port"
printf 'PING SPAMC/1.5\r\n\r\n' >&3
read -r -t 30 answer <&3
exec 3>&-
is 'the answer of spamd' "${answer%$'\r'}" 'SPAMD/1.5 0 PONG'
spamd stop
until_true 20 closed "$port"
if spamd status > "$WORK/said"; then is 'the status of a stopped spamd' running stopped; fi
ok 'contrib/rc.spamd starts a spamd, and stops it'

for script in contrib/rc.* contrib/service/*/run contrib/service/*/log/run; do sh -n "$script"; done
ok 'every script of contrib is one for sh'
