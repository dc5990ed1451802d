# make demo    the whole story in one go: installs, builds, charges, shows the CSV
# make test    everything that has to hold
# make build   .build/release/ocppctl, with the Swift runtime linked in

PREFIX  ?= /usr/local
DESTDIR ?=
SWIFT   ?= swift
RELEASE := --configuration release --static-swift-stdlib --product ocppctl
BINARY  := .build/release/ocppctl
VENV    := .venv

.PHONY: all build debug demo test test-swift test-end-to-end soak fuzz sanitize bench deps test-deps man completions check-generated format lint install uninstall deb clean

all: build

# What is installed only where it is missing.
deps:
	@sh scripts/install-dependencies build

test-deps: deps
	@sh scripts/install-dependencies test

build: deps
	$(SWIFT) build $(RELEASE)

debug: deps
	$(SWIFT) build

demo: build
	@sh scripts/install-dependencies demo
	@sh scripts/demo $(BINARY)

test: test-deps debug lint test-swift test-end-to-end check-generated

test-swift: debug
	$(SWIFT) test

# Against the real binary: independent charge points, a real broker, files and pipes.
test-end-to-end: debug
	$(VENV)/bin/python -m pytest -q Tests/EndToEnd

# What takes longer than a minute, for as long as SECONDS says: crashes at every point, floods, long logs.
SECONDS ?= 3600
soak: test-deps debug build
	SOAK_SECONDS=$(SECONDS) $(VENV)/bin/python -m pytest -q -m soak Tests/EndToEnd

# The readers, with the address sanitizer, SECONDS each; TARGETS of Fuzz, or all.
TARGETS ?=
fuzz: deps
	sh scripts/fuzz $(SECONDS) $(TARGETS)

# The tests with the compiler's thread sanitizer, then with its address sanitizer; a build and some minutes each.
sanitize: test-deps
	SWIFT=$(SWIFT) sh scripts/sanitize thread
	SWIFT=$(SWIFT) sh scripts/sanitize address

# Ratios to other programs, in turn on this machine; never a part of the tests.
bench: build
	$(SWIFT) build -c release --product ServedMessage
	Benchmarks/bench

man: debug
	scripts/generate-manual

completions: debug
	sh scripts/generate-completions

# Fails when the committed man pages or completions are not what the binary says.
check-generated: debug
	scripts/generate-manual --check
	sh scripts/generate-completions --check

format:
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift

lint: test-deps
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift
	$(VENV)/bin/ruff check --quiet --no-cache Tests Benchmarks scripts

install: $(BINARY)
	install -D -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/ocppctl
	for page in man/*.[15]; do \
	    install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; done
	install -D -m 644 completions/ocppctl.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/ocppctl
	install -D -m 644 completions/_ocppctl $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_ocppctl
	install -D -m 644 completions/ocppctl.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/ocppctl.fish

# A folder that few others use goes with the last of what is in it.
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/ocppctl
	rm -f $(DESTDIR)$(PREFIX)/share/man/man1/ocppctl.1 $(DESTDIR)$(PREFIX)/share/man/man1/ocppctl-*.1 \
	    $(DESTDIR)$(PREFIX)/share/man/man5/ocppctl-*.5
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/ocppctl
	rm -f $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_ocppctl
	rm -f $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/ocppctl.fish
	for folder in man/man5 bash-completion/completions zsh/site-functions fish/vendor_completions.d; do \
	    [ ! -d $(DESTDIR)$(PREFIX)/share/$$folder ] || \
	        (cd $(DESTDIR)$(PREFIX)/share && rmdir -p --ignore-fail-on-non-empty $$folder); done

# .build/ocppctl_VERSION_ARCHITECTURE.deb
deb: $(BINARY)
	@sh scripts/install-dependencies package
	@sh scripts/build-package $(BINARY) .build

.build/release/ocppctl: build

clean:
	rm -rf .build $(VENV)
