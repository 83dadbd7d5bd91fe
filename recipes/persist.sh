#!/usr/bin/env bash
# The recipe in which a learner stops giving up, whole: cold start, reinforcement learning, its controls at equal compute, the
# evaluation of all arms and the report, for each seed.
#
#   bash recipes/persist.sh [DIRECTORY]
#
# SEEDS names the seeds (default: 1 2 3), RECIPE another recipe, PROBLEMS the held-out problems of each half, WORKERS the threads.
# Run it again after an interruption: every seed continues from its last checkpoint, and what is finished is not done again.
set -euo pipefail
cd "$(dirname "$0")/.."

run=${1:-runs/persist}
seeds=${SEEDS:-1 2 3}
tiegel() { npm run --silent tiegel -- "$@"; }

# 1. Teach. Half of the problems cannot be solved, and "no" is right there; the demonstrations guess, check and mostly give up.
runs=()
for seed in $seeds; do
  directory="$run/seed-$seed"
  runs+=("$directory")
  [ -e "$directory/training-record.json" ] && continue
  resume=()
  [ -e "$directory/recipe.json" ] && resume=(--resume)
  tiegel teach --recipe "${RECIPE:-persist}" --seed "$seed" --out "$directory" "${resume[@]}" \
    ${PROBLEMS:+--problems "$PROBLEMS"} ${WORKERS:+--workers "$WORKERS"}
done

# 2. Report: each half by itself, how often each arm gives up after a miss, and one problem at several steps.
tiegel teach report "${runs[@]}" --out "$run/report.html"
tiegel teach report "${runs[@]}" --markdown --out "$run/report.md"
