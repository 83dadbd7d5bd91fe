#!/usr/bin/env bash
# The story that the guard is for: a thief harvests the shipped model through twenty accounts, is found as one, and the student of what
# leaked is told from one that learned elsewhere.
#
#   bash recipes/harvest.sh [DIRECTORY]
#
# ACCOUNTS, PROBLEMS (of each account), SAMPLES (that a student learns from) and EPOCHS make it smaller or larger.
set -euo pipefail
cd "$(dirname "$0")/.."

story=${1:-runs/harvest}
mkdir -p "$story"
export TIEGEL_HOME="$story/home" TIEGEL_COINS=1 TIEGEL_GUARD=ask TIEGEL_PORT=0
tiegel() { npm run --silent tiegel -- "$@"; }
step() { local name=$1; shift; npm run --silent harvest-story -- "$name" "$story" "$@"; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
tell() { printf '\n== %s\n' "$*"; }

tell "The guard is calibrated on honest traffic"
step log
tiegel guard calibrate "$story/honest.jsonl" --rate 0.05

tell "The shipped model is assessed and served, with coins in its replies"
tiegel up --json > "$story/up.json" 2> "$story/up.log" &
server=$!
trap 'kill $(pgrep -P $server) $server 2> /dev/null || true' EXIT
until [ -s "$story/up.json" ]; do kill -0 $server; sleep 1; done
url=$(field url < "$story/up.json")
tiegel show tiegel-nano | grep traces
administrator=$(tiegel key create story --administration --json | field secret)
step accounts "$url" "$administrator" "${ACCOUNTS:-20}"

tell "Ten honest accounts use it; twenty of a thief share a harvest out among them, by tiegel teach"
step ask "$url"
step shards "$url" "${PROBLEMS:-24}"
eval "$(step keys)"
mkdir -p "$story/harvest"
# Without the settings of the server: this is another machine.
seq 0 $((${ACCOUNTS:-20} - 1)) | env -u TIEGEL_COINS xargs -P 4 -I{} \
  npm run --silent tiegel -- teach --recipe "$story/shards/{}.json" --out "$story/harvest/{}" --workers 1 > "$story/harvest.log" 2>&1

tell "Who belongs together?"
sleep 3
tiegel guard link
case=$(tiegel guard link --json | grep -o '"id":"case_[0-9a-f]*"' | head -1 | cut -d'"' -f4)
tiegel guard show "$case"
kill $(pgrep -P $server) $server 2> /dev/null || true

tell "A student is taught from what leaked, another one from as many traces without coins"
step students "${SAMPLES:-120}" "${EPOCHS:-24}"
for student in leaked unmarked; do
  env -u TIEGEL_COINS npm run --silent tiegel -- teach --recipe "$story/$student.json" --out "$story/$student" > "$story/$student.log" 2>&1
done

tell "Which of them learned from us?"
for student in leaked unmarked; do
  cp "$story/$student/model.f32.gguf" "$story/$student.gguf"
  tiegel guard examine "$story/$student.gguf" --model tiegel-nano --traps "$story/traps.jsonl" --out "$story/$student.found.json"
done
