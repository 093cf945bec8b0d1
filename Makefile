# The ways in. The build itself is meson.build; tests are described in tests/README.md.
#   make            the tool and the library, release build, in build/
#   make run        installs what is missing, builds, runs a demonstration
#   make test       release build, all tests           t=EXPRESSION: what matches, for test, check,
#   make check      the same under ASan and UBSan                    tsan, oracle, aarch64
#   make tsan       unit and API tests and concurrent cases under TSan
#   make explore [n=200]            concurrent cases in n orders of their processes each
#   make oracle     are the recorded expectations what real bash prints?
#   make conformance    shell cases of another project, where their data is at hand
#   make aarch64    cross build, unit tests of base, kernel and vfs under qemu
#   make fuzz-regex [n=100000]   pairs of expression and line against grep, sed and bash
#   make fuzz-sed [n=10000]      programs of sed against GNU's
#   make fuzz-diff [n=2000 seed=1]   scripts from a grammar, in shoal and in real bash
#   make fuzz t=NAME [seconds=60]     make bench     make install     make clean
#   make lint       layout, findings of clang-tidy, includes, symbols     make format

CLANG := $(shell command -v clang-14 || echo clang)
match := $(if $(t),-t '$(t)')
seconds ?= 60
# areas in which things happen at the same time: their cases run under TSan and in many orders (but
# those of the network, which deterministic mode does not have)
busy_areas := $(wildcard $(addprefix tests/cases/,harness jobs kernel pipes))
tsan_areas := $(busy_areas) $(wildcard tests/cases/net)

.PHONY: all run test check tsan explore oracle conformance aarch64 fuzz fuzz-diff fuzz-regex fuzz-sed bench lint lint-fast format format-check install clean

all:
	@tools/build build

run:
	@tools/install-deps build
	@tools/build build
	@build/shoal examples/timeline.sh

test: all
	@tools/run-tests build $(match)

check:
	@tools/build build-asan -Db_sanitize=address,undefined -Ddebug=true -Doptimization=1 \
	    -Dwerror=true -Ddebug_checks=true -Dmalloc_heap=true
	@tools/run-tests build-asan --suites unit,api,cases $(match) -- --timeout-scale 6 \
	    --leaks $(if $(t),1,4)

tsan:
	@CC=$(CLANG) tools/build build-tsan -Db_sanitize=thread -Db_lundef=false -Ddebug=true \
	    -Doptimization=1 -Ddebug_checks=true -Dmalloc_heap=true
	@tools/run-tests build-tsan --suites unit,api,cases $(match) -- --timeout-scale 10 --seeds 0 \
	    $(tsan_areas)

explore: all
	@tests/run-cases --shell build/shoal --timeout-scale 20 --explore $(or $(n),200) $(match) \
	    $(busy_areas)

oracle:
	@tests/run-cases --oracle $(match)

conformance: all
	@tests/run-conformance --shell build/shoal

aarch64:
	@tools/fetch-arm64-libs build-aarch64-libs
	@tools/build build-aarch64 --cross-file tools/cross-aarch64.ini \
	    -Dlibs_dir=$(CURDIR)/build-aarch64-libs/lib \
	    -Dc_args=-I$(CURDIR)/build-aarch64-libs/include
	@set -e; for folder in base kernel vfs; do \
	    qemu-aarch64 -L /usr/aarch64-linux-gnu build-aarch64/unit-$$folder; done

fuzz:
	@CC=$(CLANG) tools/build build-fuzz -Db_sanitize=address,undefined -Db_lundef=false \
	    -Ddebug=true -Doptimization=1 -Ddebug_checks=true -Dmalloc_heap=true -Dfuzz=true \
	    -- fuzz-$(or $(t),$(error say which: make fuzz t=NAME))
	@mkdir -p build-fuzz/corpus/$(t)
	@build-fuzz/fuzz-$(t) -max_total_time=$(seconds) -timeout=10 -rss_limit_mb=4096 -detect_leaks=0 \
	    build-fuzz/corpus/$(t) $(wildcard tests/fuzz/corpus/$(t))

fuzz-diff: all
	@tools/fuzz-diff -n $(or $(n),2000) --seed $(or $(seed),1)

# seed=N: other cases
fuzz-regex: all
	@tools/fuzz-regex --pairs $(or $(n),100000) --seed $(or $(seed),1) \
	    --what grep-E,grep-G,grep-options,sed-E,sed,bash

fuzz-sed: all
	@tools/fuzz-regex --count $(or $(n),10000) --seed $(or $(seed),1) --what program

bench: all
	@bench/run $(t)

lint-fast: all
	@tools/run-tests build --suites lint

lint: all
	@tools/lint build

format-check:
	@find src include tests bench examples -name '*.[ch]' -print0 | \
	    xargs -0 -r -n 40 -P 2 clang-format --dry-run --Werror && echo "1 passed, 0 failed"

format:
	@find src include tests bench examples -name '*.[ch]' -exec clang-format -i {} +

install: all
	@meson install -C build --no-rebuild

clean:
	rm -rf build build-asan build-tsan build-fuzz build-aarch64 build-aarch64-libs
