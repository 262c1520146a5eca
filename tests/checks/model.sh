# The life of an approval, checked in every order by SPIN; and each guard of
# the model taken out, upon which it has to fail.
set -euo pipefail
command -v spin > /dev/null || {
  echo "skipped: no spin (scripts/deps model)"
  exit 77
}
model=$PWD/tests/model/approval.pml
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# errors DEFINE...: how many errors SPIN finds in that variant.
errors() {
  spin -a "$@" "$model" > spin.log || { cat spin.log >&2; return 1; }
  cc -O1 -w -DSAFETY -DCOLLAPSE -o pan pan.c
  ./pan -m100000 > pan.log
  ! grep -q "max search depth too small" pan.log
  sed -n 's/.*, errors: \([0-9]*\)$/\1/p' pan.log
}

found=$(errors)
states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' pan.log)
[ "$found" = 0 ] || { cat pan.log; exit 1; }
echo "approval: $states states, 0 errors"
for guard in OPEN=state!=none SAME=true IN_TIME=true NEW=true CURRENT=true \
  USED=granted; do
  found=$(errors "-D$guard")
  [ "$found" != 0 ] || { echo "with $guard nothing fails"; exit 1; }
  echo "with $guard: fails"
done
