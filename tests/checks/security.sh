# SECURITY.md: its layers are those of the Dockerfile's last stage, and each
# library that the program is linked with has a row.
set -euo pipefail
# marked NAME: the first cells of the table between two marks, a line each.
marked() {
  sed -n "/^<!-- $1 -->\$/,/^<!-- \/$1 -->\$/p" SECURITY.md |
    awk -F ' *[|] *' 'NR > 3 && NF > 2 {print $2}' | tr -d '`'
}
awk '/^FROM/ {n = 0} {line[n++] = $0}
  END {for (i = 0; i < n; i++) print line[i]}' Dockerfile |
  awk '$1 == "FROM" || $1 == "COPY" {print $NF}
    $1 == "RUN" {print "apt-get install"}' |
  diff <(marked layers) - ||
  { echo "SECURITY.md: < its layers, > those of the Dockerfile"; exit 1; }

[ -x "${SELFHEAL_BINARY:-}" ] || { echo "the program is not built"; exit 77; }
# Abseil comes with newer versions of RE2.
lacking=$(objdump -p "$SELFHEAL_BINARY" | awk '$1 == "NEEDED" {print $2}' |
  grep -vE '^(ld-linux|libabsl_)' | sed -E 's/(-[0-9.]+)?\.so.*//' | sort |
  comm -23 - <(marked libraries | sed 's/, /\n/g' | sort))
[ -z "$lacking" ] || { echo "SECURITY.md has no row for $lacking"; exit 1; }
