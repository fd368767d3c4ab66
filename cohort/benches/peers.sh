#!/usr/bin/env bash
# `scripts/bench evaluate`: allele frequencies beside PLINK 2 and bcftools, which must answer the same.
set -euo pipefail
export LC_ALL=C
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=$root/target/debug/provenome
runs=5 json='' files=()

say() { echo "bench: $*" >&2; }

stop() {
  say "$1"
  exit 2
}

while [ $# -gt 0 ]; do
  case "$1" in
    --runs) runs=${2:-}; shift ;;
    --json) json=yes ;;
    -h | --help) exec "$root/scripts/bench" --help ;;
    -*) stop "unknown option $1: see scripts/bench --help" ;;
    *) files+=("$(realpath "$1")") ;;
  esac
  shift
done
[[ $runs =~ ^[1-9][0-9]*$ ]] || stop "--runs is $runs, expected a whole number from 1"

need() { command -v "$1" >/dev/null || stop "no $1: install it (Debian: apt-get install $2)"; }
need plink2 plink2
need bcftools bcftools
need bgzip tabix
"$root/scripts/setup" >&2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

if [ ${#files[@]} -eq 0 ]; then
  say "converting chr22_10k"
  cp "$root/tests/data/genotypes/chr22_10k.vcf.gz" .
  gzip -dc chr22_10k.vcf.gz >chr22_10k.vcf
  bgzip -c chr22_10k.vcf >chr22_10k.vcf.bgz
  bcftools view --no-version -Ob -o chr22_10k.bcf chr22_10k.vcf.gz
  plink2 --vcf chr22_10k.vcf.gz --max-alleles 2 --make-bed --out chr22_10k >/dev/null
  plink2 --vcf chr22_10k.vcf.gz --make-pgen --out chr22_10k >/dev/null
  files=("$PWD"/chr22_10k.{vcf,vcf.gz,vcf.bgz,bcf,bed,pgen})
fi

# Each leaves its table in a file of its own.
one_thread() { "$program" --threads 1 evaluate allele-frequency --data "$1" >one_thread.out; }
two_threads() { "$program" --threads 2 evaluate allele-frequency --data "$1" >two_threads.out; }

plink2_counts() {
  local input
  case "$1" in
    *.bed) input=(--bed "$1" --bim "${1%.bed}.bim" --fam "${1%.bed}.fam") ;;
    *.pgen) input=(--pfile "${1%.pgen}") ;;
    *.bcf) input=(--bcf "$1") ;;
    *) input=(--vcf "$1") ;;
  esac
  plink2 "${input[@]}" --threads 2 --freq counts cols=chrom,pos,ref,alt,altfreq,nobs \
    --out plink2 >plink2.said 2>&1 || { cat plink2.said >&2; stop "plink2 could not count $1"; }
}

bcftools_counts() {
  bcftools +fill-tags "$1" -Ou -- -t AC,AN |
    bcftools query -f '%CHROM\t%POS\t%REF\t%ALT\t%AC\t%AN\n' >bcftools.out
}

# A line for each ALT: contig without chr, POS, REF, ALT, AC, AN.
per_alternate() {
  awk -F'\t' -v OFS='\t' '
    /^#/ || /^chrom\t/ || $4 == "." { next }
    { sub(/^chr/, "", $1); n = split($4, alt, ","); split($5, ac, ",")
      for (i = 1; i <= n; i++) print $1, $2, $3, alt[i], ac[i], $6 }' "$1"
}

hold() {
  per_alternate "$2" >theirs.tsv
  if ! cmp --silent ours.tsv theirs.tsv; then
    say "$1 answers otherwise for $3:"
    diff ours.tsv theirs.tsv | head -5 >&2 || true
    exit 1
  fi
}

timed() {
  local begin=$EPOCHREALTIME end
  "$@"
  end=$EPOCHREALTIME
  awk "BEGIN { printf \"%.4f\n\", $end - $begin }"
}

# Median, least and greatest of a file of numbers.
spread() { sort -n "$1" | awk '{ n[NR] = $1 } END { print (n[int((NR + 1) / 2)] + n[int(NR / 2) + 1]) / 2, n[1], n[NR] }'; }

figure() {
  # shellcheck disable=SC2059 # the first word is the format
  if [ -z "$json" ]; then printf "$@"; fi
}

objects=()
for file in "${files[@]}"; do
  peers=(one_thread two_threads plink2_counts)
  case "$file" in *.bed | *.pgen) ;; *) peers+=(bcftools_counts) ;; esac
  for peer in "${peers[@]}"; do "$peer" "$file"; done
  per_alternate one_thread.out >ours.tsv
  [ -s ours.tsv ] || stop "$file has no ALT to count"
  cmp --silent one_thread.out two_threads.out || { say "one thread and two differ on $file"; exit 1; }
  cut -f 1,2,4- plink2.acount >plink2.out # without ID
  hold "PLINK 2" plink2.out "$file"
  if [ ${#peers[@]} = 4 ]; then hold bcftools bcftools.out "$file"; fi
  rm -f -- *.seconds
  for ((run = 0; run < runs; run++)); do
    for peer in "${peers[@]}"; do timed "$peer" "$file" >>"$peer.seconds"; done
  done
  figure '%s: %s ALTs, the same from all; seconds, and how many times ours by two threads\n' \
    "$(basename "$file")" "$(wc -l <ours.tsv)"
  read -r ours _ < <(spread two_threads.seconds)
  object=
  for peer in "${peers[@]}"; do
    read -r median least greatest < <(spread "$peer.seconds")
    ratio=$(awk "BEGIN { printf \"%.2f\", $median / $ours }")
    figure '  %-16s median %-8s min %-8s max %-8s %s\n' "$peer" "$median" "$least" "$greatest" "$ratio"
    object+="${object:+, }\"$peer\": {\"median\": $median, \"min\": $least, \"max\": $greatest, \"ratio\": $ratio}"
  done
  objects+=("\"$(basename "$file")\": {$object}")
done
if [ -n "$json" ]; then
  (IFS=,; echo "{${objects[*]}}")
fi
