#!/usr/bin/env bash
# Builds the documentation with rendered formulas: KaTeX from its npm package, copied beside the pages.
#
#     docs/katex.sh            needs npm; afterwards open target/doc/coopad/index.html
#
# Without this script `cargo doc` works too: formulas then stay as TeX source.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.16.47
pages="${CARGO_TARGET_DIR:-target}/doc"

unpacked="$(mktemp -d)"
trap 'rm -rf "$unpacked"' EXIT
(cd "$unpacked" && npm pack --silent "katex@$version" >/dev/null && tar -xzf katex-*.tgz)

RUSTDOCFLAGS="--html-in-header katex-header.html ${RUSTDOCFLAGS:-}" cargo doc --no-deps --all-features

rm -rf "$pages/katex"
mkdir -p "$pages/katex"
cp -r "$unpacked"/package/dist/{katex.min.js,katex.min.css,fonts} "$unpacked/package/LICENSE" "$pages/katex/"
echo "Documentation with formulas: $pages/coopad/index.html"
