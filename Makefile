# make play    builds and serves the page
# make site    zips the built page for any static host
# make test    runs every test (training's if training/.venv exists); installs a browser if there is none
# make test-native   runs only the Rust tests; make msrv checks that the oldest supported Rust compiles everything
# make bench   times the CPU backend against onnxruntime-web; NETWORKS=folder uses the ONNX files of a folder
# make pkg     builds the JavaScript package in pkg/
# make size    prints the download size of the package
# make check   runs formatters, linters and type checkers
# make networks   compares thirty public networks with onnxruntime; writes docs/networks.md
# make parity     compares every file of models/ with onnxruntime, on the CPU and WebGPU; writes docs/parity.md
# make train-zoo DATA=folder   trains every model (training/README.md), make train-surveys those of the surveys

MAKEFLAGS += --no-print-directory
TARGET := $(or $(CARGO_TARGET_DIR),target)
SOURCES := $(shell find src crates -type f ! -name "*.js" ! -name unet_playground.d.ts ! -name importer.d.ts ! -name trap.d.ts) Cargo.toml Cargo.lock .cargo/config.toml
PACKAGE := $(shell find npm src/web www/src/embed -type f) Cargo.toml LICENSE models/manifest.json www/vite.config.ts
MODELS := $(shell find models -type f)
DOCS := $(shell find docs -type f)
# The configuration shares modules with the page, which imports them without file extensions.
export VITE_CONFIG_NATIVE_IGNORE_WARNING := true
PAGE := $(shell find www \( -name node_modules -o -name dist -o -name tests \) -prune -o -type f -print)

.PHONY: play site test test-native msrv bench pkg size check networks parity train-zoo train-surveys

play: www/dist/index.html
	@cd www && npx vite preview

site: www/dist/index.html
	@mkdir -p $(TARGET)
	@node scripts/site-zip.mjs www/dist $(TARGET)/site.zip

test:
	@scripts/test

test-native:
	cargo test --workspace

msrv:
	cargo +$(shell sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml) check --workspace

bench: pkg/package.json benches/web/node_modules/.package-lock.json
	@node benches/web/bench.mjs $(if $(NETWORKS),--networks $(NETWORKS) --size 128,--csv benches/results/$(shell date +%F).csv --chart docs/bench.svg)

pkg: pkg/package.json

size: pkg/package.json
	@scripts/size

check: pkg/package.json
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps
	scripts/cargo-wasm check --no-default-features --features gpu,web
	cd www && npm run --silent check
	[ ! -x training/.venv/bin/ruff ] || { training/.venv/bin/ruff format --check . && training/.venv/bin/ruff check .; }

networks: training/.venv/ready
	@training/.venv/bin/pip install --quiet torchvision segmentation-models-pytorch monai spandrel
	@cd training && .venv/bin/python public_networks.py

parity: training/.venv/ready
	@cd training && .venv/bin/python parity.py

train-zoo: training/.venv/ready
	@cd training && .venv/bin/python zoo.py --data $(abspath $(or $(DATA),../shared/data)) $(if $(HOURS),--hours $(HOURS))

train-surveys: training/.venv/ready
	@cd training && .venv/bin/python zoo.py --data $(abspath $(or $(DATA),../shared/data)) --only super-resolve-x4-survey denoise-survey segment-survey super-resolve-x2-best super-resolve-x4-best

training/.venv/ready: training/requirements.txt
	python3 -m venv training/.venv
	training/.venv/bin/pip install --quiet -r $<
	@touch $@

www/dist/index.html: pkg/package.json $(PAGE) $(MODELS) $(DOCS)
	@cd www && npx vite build --logLevel warn

pkg/package.json: $(TARGET)/engine/ready $(PACKAGE)
	@node npm/build.mjs
	@scripts/size

$(TARGET)/engine/ready: $(SOURCES) scripts/build-engine www/node_modules/.package-lock.json $(TARGET)/tools/ready
	@scripts/build-engine

$(TARGET)/tools/ready: Cargo.lock scripts/tools
	@scripts/tools
	@touch $@

%/node_modules/.package-lock.json: %/package-lock.json
	@scripts/npm-ci $*
