# simscan: every target is one command, on a machine with nothing but Swift and Debian's package manager.

SWIFT ?= swift
# One static file; SIMSCAN_LINK=dynamic for the host's shared libraries (see Package.swift).
RELEASE = -c release --static-swift-stdlib
BIN = .build/release

.PHONY: help run test build lint check-binary deps deps-test clean

help:
	@echo 'make run      sample messages through the filter, with fake scanners'
	@echo 'make run MESSAGE=file.eml FROM=a@b RCPT="c@d e@f"    one of your own'
	@echo 'make test     every test, with real clamd and spamd'
	@echo 'make build    $(BIN)/simscan and $(BIN)/simscanmk'

run: build
	@$(SWIFT) build $(RELEASE) --product simscan-fakes --quiet 2>/dev/null || $(SWIFT) build $(RELEASE) --product simscan-fakes
	@$(BIN)/simscan-fakes demo --simscan $(BIN)/simscan --simscanmk $(BIN)/simscanmk \
		$(if $(MESSAGE),--message '$(MESSAGE)') $(if $(FROM),--from '$(FROM)') $(if $(RCPT),--rcpt '$(RCPT)')

# The end-to-end tests run the release as it is shipped; the others are built for debugging.
test: deps-test lint build check-binary
	$(SWIFT) build --build-tests
	SIMSCAN_PROGRAMS=$(CURDIR)/$(BIN) $(SWIFT) test --skip-build

build: deps
	$(SWIFT) build $(RELEASE) --product simscan
	$(SWIFT) build $(RELEASE) --product simscanmk

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

# What the release may not hold, and what it may not need.
check-binary:
	@scripts/check-binary $(BIN)/simscan

deps:
	@scripts/install-packages build

deps-test: deps
	@scripts/install-packages test

clean:
	rm -rf .build
