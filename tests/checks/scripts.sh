# The commands of scripts/: they parse, refuse what they do not know with exit
# 2, and the closing line counts what ctest and the test programs said.
set -euo pipefail
fail() { echo "$*"; exit 1; }

for file in scripts/* scripts/lib/* .ci/run tests/checks/*.sh; do
  [ -f "$file" ] || continue
  case "$(head -n 1 "$file")" in
    '#!/usr/bin/env bash' | '# '*) bash -n "$file" || fail "$file" ;;
    '#!/usr/bin/env python3' | '"""'*)
      python3 -c "import ast, sys; ast.parse(open(sys.argv[1]).read())" "$file" ;;
    *) fail "$file: begins with neither of the known first lines" ;;
  esac
done
for command in build test demo bench lint fresh deps image-check kubernetes; do
  [ -x "scripts/$command" ] || fail "scripts/$command is not executable"
done

refuses() {
  local code=0
  "$@" > /dev/null 2>&1 || code=$?
  [ $code = 2 ] || fail "$*: exit $code, expected 2"
}
refuses scripts/fresh buster
refuses scripts/lint taste
refuses scripts/demo --faster
refuses scripts/bench no-such-benchmark
refuses scripts/deps no-such-set

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/one.xml" <<'XML'
<?xml version="1.0"?>
<testsuite name="a" tests="4" failures="1" skipped="2">
<testcase name="a.passes" status="run"/>
<testcase name="a.fails" status="fail"><failure message=""/></testcase>
<testcase name="a.skips" status="notrun"><skipped message="x"/>
<system-out>a.cc:3: Skipped
no cluster here

</system-out></testcase>
<testcase name="b.skips" status="notrun"><skipped message="x"/>
<system-out>test_b (b.B) ... skipped 'no root'
OK (skipped=1)
</system-out></testcase>
</testsuite>
XML
code=0
scripts/lib/summary "$work/one.xml" > "$work/out" || code=$?
[ $code = 1 ] || fail "summary: a failed test: exit $code"
diff "$work/out" - <<'TEXT'
skipped: a.skips: no cluster here
skipped: b.skips: no root
1 passed, 1 failed, 2 skipped
TEXT
sed -i '/a.fails/d' "$work/one.xml"
scripts/lib/summary "$work/one.xml" > "$work/out" || fail "summary: exit $?"
[ "$(tail -n 1 "$work/out")" = "1 passed, 0 failed, 2 skipped" ] ||
  fail "summary: $(tail -n 1 "$work/out")"
