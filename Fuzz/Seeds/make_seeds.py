#!/usr/bin/env python3
"""Writes the seeds: short answers and files from which the fuzzer starts, one folder a target.

The MIME target starts from Tests/Corpus. What stands here is what clamd, spamd and trophie say, what postmasters
write, and small constant databases (cdb(5)) of it.
"""
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))


def write(target, seeds):
    os.makedirs(os.path.join(HERE, target), exist_ok=True)
    for name, content in seeds.items():
        with open(os.path.join(HERE, target, name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())


def cdb_hash(key):
    value = 5381
    for byte in key:
        value = ((value << 5) + value & 0xFFFFFFFF) ^ byte
    return value


def cdb(records):
    """A constant database: 256 tables' places and lengths, the records, the tables."""
    body, tables = b"", [[] for _ in range(256)]
    for key, value in records:
        tables[cdb_hash(key) & 255].append((cdb_hash(key), 2048 + len(body)))
        body += struct.pack("<II", len(key), len(value)) + key + value
    head, behind, place = b"", b"", 2048 + len(body)
    for table in tables:
        slots = [(0, 0)] * (2 * len(table))
        for key_hash, record in table:
            slot = (key_hash >> 8) % len(slots)
            while slots[slot][1]:
                slot = (slot + 1) % len(slots)
            slots[slot] = (key_hash, record)
        head += struct.pack("<II", place, len(slots))
        behind += b"".join(struct.pack("<II", *slot) for slot in slots)
        place += 8 * len(slots)
    return head + body + behind


def compiled(settings):
    """simscan.cdb: a record with the count and the FNV-1a checksum of the others, then these."""
    checksum = 0xCBF29CE484222325
    for key, value in settings:
        for byte in struct.pack("<II", len(key), len(value)) + key + value:
            checksum = (checksum ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return cdb([(b"", b"simscan-settings 1 %d %016x" % (len(settings), checksum))] + settings)


write("envelope", {
    "one": "Fsender@example.org\0Trecipient@example.com\0\0",
    "bounce": "F\0Ta@example.com\0Tb@example.com\0\0",
    "cut": "Fsender@example.org\0Trecip",
    "long": "F" + "a" * 1002 + "\0T" + "b" * 1003 + "\0\0",
})
write("clamd", {
    "ok": "stream: OK\0",
    "fildes-ok": "fd[12]: OK\0",
    "found": "stream: Eicar-Signature FOUND\0",
    "size": "INSTREAM size limit exceeded. ERROR\0",
    "unavailable": "COMMAND UNAVAILABLE\0",
    "session": "1: stream: OK\x002: stream: Eicar-Signature FOUND\0",
    "version": "ClamAV 1.0.7/27400/Mon Sep 16 08:30:56 2024\0",
})
write("field", {
    "plain": "attachment; filename=\"a file (1).pdf\"; size=5",
    "words": "attachment; filename=\"=?utf-8?Q?a=5F1=2E?= =?UTF-8?b?ZXhl?=\"",
    "extended": "attachment; filename=\"a.exe\"; filename*=utf-8'de'%C3%BCber.exe",
    "pieces": "text/plain; name*0*=utf-8''a; name*1=\".e\"; name*2*=%78e; charset=utf-8",
    "latin": "application/pdf; name=\"=?iso-8859-1?q?=FCber.pdf?=\"",
    "raw": "inline; filename=\"\u00fcber 100%.exe\"",
    "multipart": "multipart/mixed; boundary=\"=_a/b:c\"; type=\"text/html\"",
    "digest": "multipart/digest; boundary=b",
    "message": "message/rfc822; name=\"a.eml\"",
})
write("spamd", {
    "check": "SPAMD/1.1 0 EX_OK\r\nSpam: False ; 1.1 / 5.0\r\n\r\n",
    "symbols": "SPAMD/1.1 0 EX_OK\r\nContent-length: 21\r\nSpam: True ; 15.3 / 5.0\r\n\r\nBAYES_99,MISSING_DATE",
    "process": "SPAMD/1.1 0 EX_OK\r\nContent-length: 74\r\nSpam: True ; 15.3 / 5.0\r\n\r\n"
               "X-Spam-Flag: YES\nX-Spam-Status: Yes, score=15.3 required=5.0\n\nHello all.\n",
    "pong": "SPAMD/1.5 0 PONG\r\n",
    "error": "SPAMD/1.0 76 Bad header line: EX_PROTOCOL\r\n",
    "header": "X-Spam-Status: No, hits=-1.2\n\trequired=5.0 tests=A,B\nX-Spam-Flag: NO\n\nHello.\n",
})
write("trophie", {
    "clean": "0\n", "clean-text": "0:\0", "infected": "1:EICAR\n", "error": "-1:out of memory\n", "none": "what\n",
})
write("settings", {
    "scanners": "# what is asked\nclamav = yes\nclamd = /run/clamav/clamd.ctl, [::1]:3310\nspam = yes\n"
                "spamd = tcp:127.0.0.1:783\nspamd-user = filter\nspam-hits = 12.5\nsize-limit = 10M\n",
    "attach": "attach = yes\nattach-archives = yes\nattach-types = yes\ndouble-extension = yes\n"
              "attach-encrypted = reject\nattach-broken = reject\nattach-allow = setup*.exe\nmime-depth = 10\n",
    "wrong": "clamdscan = /usr/bin/clamdscan\nspam-hit = 1\nspam = maybe\nno equals sign\n",
    "times": "connect-timeout = 10\nscan-timeout = 2m\nworkdir = /var/lib/simscan # a comment\nquarantine = off\n",
})
SIMCONTROL = (
    "# address, domain, default\na@example.com:clam=yes,spam=no,attach=.exe:.com\n"
    "example.com:clam=yes,spam=yes,spam_hits=9.5,spamuser=filter,size-limit=250000\n"
    ":clam=yes,trophie=no,spam=yes,spam_passthru=yes,regex=^Subject\\x3a.*viagra\n"
)
write("simcontrol", {
    "records": SIMCONTROL,
    "wrong": "a@b@c:clam=yes\n:spam=perhaps,spam=yes,,clamm=yes\nexample.com\n",
})
RECORDS = [
    tuple(part.encode() for part in line.split(":", 1)) for line in SIMCONTROL.splitlines() if line[0] != "#"
]
write("cdb", {"records": cdb(RECORDS), "empty": cdb([]), "one": cdb([(b"", b"clam=yes")])})
write("compiled", {
    "settings": compiled([(b"clamav", b"yes"), (b"spamd-user", b"filter"), (b"spam-hits", b"12.5")]),
    "none": compiled([]),
})
