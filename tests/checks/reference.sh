# docs/reference: keys.md is what the JSON Schemas say, and the ten worked
# examples end as they are written, told one by one to the shipped rules.
set -euo pipefail
scripts/lib/reference | diff -u docs/reference/keys.md - ||
  { echo "run: scripts/lib/reference > docs/reference/keys.md"; exit 1; }
[ -x "${SELFHEAL_BINARY:-}" ] || { echo "the program is not built"; exit 77; }
mapfile -t examples < <(sed -n '/^<!-- examples -->/,/^<!-- \/examples -->/p' \
  docs/reference/examples.md | grep -oE 'tests/scenarios/[a-z-]+\.yml')
[ ${#examples[@]} -eq 10 ] || { echo "${#examples[@]} examples, not ten"; exit 1; }
"$SELFHEAL_BINARY" test "${examples[@]}"
for link in $(grep -ohE '\]\([^)#]+' docs/reference/*.md | cut -c3-); do
  [ -e "docs/reference/$link" ] || { echo "docs/reference: no $link"; exit 1; }
done
