# simscan: every target is one command, on a machine with nothing but Swift and Debian's package manager.

SHELL = /bin/bash
.SHELLFLAGS = -o pipefail -c

SWIFT ?= swift
# $(call build,ARGUMENTS) without the linker's warnings of every function of a static glibc that could load a
# module: none of them is called.
build = @echo '$(SWIFT) build $(1)'; $(SWIFT) build $(1) 2>&1 | \
	{ grep -vE 'statically linked applications|prohibited flag|better use .mkstemp' || true; }
# One static file; SIMSCAN_LINK=dynamic for the host's shared libraries (see Package.swift).
RELEASE = -c release --static-swift-stdlib $(STATIC)
BIN = .build/release
# Some libraries start when they are needed, not in every process; a shared library starts itself.
LIBRARIES = .build/static
STATIC = $(if $(filter dynamic,$(SIMSCAN_LINK)),,--pkg-config-path $(CURDIR)/$(LIBRARIES))
export SIMSCAN_ON_DEMAND = $(if $(STATIC),1)

# Where simscan is to live. Not from the environment: USER is set in every login.
DESTDIR =
QMAILDIR = /var/qmail
USER = simscan
PREFIX = /usr/local
place = DESTDIR='$(DESTDIR)' QMAILDIR='$(QMAILDIR)' SIMSCAN_USER='$(USER)' PREFIX='$(PREFIX)' BUILT='$(BIN)'
unexport USER
export SIMSCAN_QMAILDIR = $(QMAILDIR)
export SIMSCAN_USER = $(USER)

.PHONY: help run test instructions bench corpus torture farm-test sanitize fuzz build install uninstall deb \
	package-test lint check-binary deps deps-test deps-bench deps-farm clean

help:
	@echo 'make run      sample messages through the filter, with fake scanners'
	@echo 'make run MESSAGE=file.eml FROM=a@b RCPT="c@d e@f"    one of your own'
	@echo 'make test     every test, with real clamd and spamd'
	@echo 'make build    $(BIN)/simscan, simscanmk and simscanctl'
	@echo 'make install  into $(QMAILDIR); QMAILDIR=, USER=, PREFIX=, DESTDIR=, REPLACE=1 over a classic simscan'
	@echo 'make deb      a package for Debian, .build/deb/*.deb'
	@echo 'make package-test   that package on a bare Debian, by the words of doc/getting-started.md'
	@echo 'make instructions   what a message costs in instructions, for make test to compare'
	@echo 'make corpus   every hidden attachment of the corpus, found or not'
	@echo 'make bench    what a message costs, beside a C program and the classic way (QUICK=1)'
	@echo 'make torture  every system call fails, hostile mail, a great load, little memory'
	@echo 'make farm-test  scanner hosts in networks of their own, which die (root; FARM=--sample)'
	@echo 'make sanitize the unit tests under AddressSanitizer and ThreadSanitizer'
	@echo 'make fuzz     every fuzzer for a while (SECONDS=60)'

run: build
	$(call build,$(RELEASE) --product simscan-fakes)
	$(call build,$(RELEASE) --product fake-qmail-queue)
	@echo
	@$(BIN)/simscan-fakes demo --simscan $(BIN)/simscan --simscanmk $(BIN)/simscanmk \
		$(if $(MESSAGE),--message '$(MESSAGE)') $(if $(FROM),--from '$(FROM)') $(if $(RCPT),--rcpt '$(RCPT)')

# The end-to-end tests run the release as it is shipped; the others are built for debugging.
test: deps-test deps-farm lint build check-binary
	$(call build,--build-tests)
	SWIFT_BACKTRACE=enable=no .build/debug/simscan-torture --simscan $(BIN)/simscan $(TORTURE_SAMPLE)
	SIMSCAN_PROGRAMS=$(CURDIR)/$(BIN) .build/debug/simscan-farm --sample
	@scripts/instructions check $(BIN) .build/debug
	SIMSCAN_PROGRAMS=$(CURDIR)/$(BIN) $(SWIFT) test --skip-build

# What a message costs in instructions, which `make test` compares.
instructions: deps-test build
	$(call build,--product simscan-fakes)
	@scripts/instructions write $(BIN) .build/debug

# What make test takes of the torture: less than a minute of it.
TORTURE_SAMPLE = --sample 20 --messages 1000 --hostile-bytes 4000000 --only faults hostile load

# Every system call fails, hostile mail and lying scanners, 20,000 messages and a machine at its end, memory limits.
# TORTURE='--only faults' for a part of it; see --help.
torture: build
	$(call build,$(RELEASE) --product simscan-torture)
	$(call build,$(RELEASE) --product fake-qmail-queue)
	SWIFT_BACKTRACE=enable=no $(BIN)/simscan-torture --simscan $(BIN)/simscan $(TORTURE)

# Scanner hosts in network namespaces that the test makes, as root, with real clamd, spamd and HAProxy; else on
# addresses of the loopback interface. FARM='--only chaos' for a part of it, FARM=--sample for what make test has.
farm-test: deps-farm build
	$(call build,$(RELEASE) --product simscan-farm)
	$(call build,$(RELEASE) --product fake-qmail-queue)
	SWIFT_BACKTRACE=enable=no $(BIN)/simscan-farm $(FARM)

# The end-to-end tests start programs that were built without, and are left out. What the test runner itself never gives
# back would count as leaks; the fuzzers look for those. The caged child of a process with threads never comes out of
# ThreadSanitizer's own locks.
sanitize: deps-test
	@for sanitizer in address thread; do \
		echo "$$sanitizer"; \
		SIMSCAN_LINK=dynamic SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test --sanitize $$sanitizer \
			--scratch-path .build-$$sanitizer --filter 'ProtocolTests|SimscanNativeTests' \
			$$([ $$sanitizer = address ] || echo --skip MessageInspectionTests) || exit 1; \
	done

# Tables, Benchmarks/results.json and Benchmarks/plots. QUICK=1 leaves out what takes long, ONLY=group all other
# groups; their results go to .build/bench.
bench: build deps-bench
	$(if $(QUICK),,$(call build,$(RELEASE) --product simscan-corpus))
	@$(MAKE) --no-print-directory -C Benchmarks run

# Every message of the corpus: what must be found, what is found, and what plain GMime and ripmime find.
corpus: deps-bench build
	$(call build,$(RELEASE) --product simscan-corpus)
	@$(BIN)/simscan-corpus table Tests/Corpus

# Every fuzzer for so many seconds, with coverage and AddressSanitizer; `scripts/fuzz --planted` shows that they find.
SECONDS = 60
fuzz: deps
	@scripts/fuzz all $(SECONDS)

build: deps
	$(if $(STATIC),@scripts/libraries-on-demand $(LIBRARIES))
	$(call build,$(RELEASE) --product simscan)
	$(call build,$(RELEASE) --product simscanmk)
	$(call build,$(RELEASE) --product simscanctl)

# Not after build: root need not have Swift.
install:
	@$(place) scripts/install $(if $(REPLACE),--replace)

uninstall:
	@$(place) scripts/install --uninstall

deb: build
	@scripts/install-packages deb
	@scripts/make-deb

package-test: deb
	@scripts/install-packages package-test
	@scripts/package-test
	@scripts/report-test

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Fuzz

# What the release may not hold, and what it may not need.
check-binary:
	@scripts/check-binary $(BIN)/simscan

deps:
	@scripts/install-packages build

deps-test: deps
	@scripts/install-packages test

deps-bench: deps
	@scripts/install-packages bench

deps-farm: deps
	@scripts/install-packages farm

clean:
	rm -rf .build
