import Glibc

// qmail-queue(8) for tests: it takes a message and an envelope by the same rules and with the same exit
// statuses, writes them into the directory FAKE_QUEUE, and beside them what it inherited.
//
// FAKE_QUEUE_FAULT makes it fail:
//     exit=N      takes everything, queues nothing, exits N
//     signal=N    kills itself before it has read anything
//     late-signal=N   kills itself when it has read everything
//     noread      reads nothing and exits 53
//     hang=N      reads everything and does nothing for N seconds, then exits 52

let inherited = InheritedState()
let fault = Fault(environmentText("FAKE_QUEUE_FAULT") ?? "")
guard let directory = environmentText("FAKE_QUEUE") else { stop(.cannotWrite) }

switch fault {
case .signal(let number): killMyself(by: number)
case .noread: stop(.cannotWrite)
case .none, .exit, .lateSignal, .hang: break
}

let message = readMessage()
let envelope = readEnvelope()

switch fault {
case .exit(let status): exit(status)
case .lateSignal(let number): killMyself(by: number)
case .hang(let seconds):
    sleep(seconds)
    stop(.timeout)
case .none, .signal, .noread: break
}

// The envelope comes last: once it is there, the message is queued.
// Of a great many messages two may have the same process id, so that alone is no name.
var now = timespec()
clock_gettime(CLOCK_REALTIME, &now)
let name = "\(now.tv_sec).\(1_000_000_000 + now.tv_nsec).\(getpid())"
write(inherited.records, as: "fds." + name, in: directory)
write(message, as: "msg." + name, in: directory)
write(envelope, as: "env." + name, in: directory)
exit(0)
