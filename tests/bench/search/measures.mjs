// What rankings are judged by.

/** Success at 1 and 10 and the mean reciprocal rank at 10 of `ranks`, which count from 1; 0 for
 * what was not found. */
export function measures(ranks) {
  const share = (keep) => ranks.filter(keep).length / (ranks.length || 1)
  return {
    queries: ranks.length,
    's@1': share((rank) => rank === 1),
    's@10': share((rank) => rank >= 1 && rank <= 10),
    'mrr@10': ranks.reduce((sum, rank) => sum + (rank >= 1 && rank <= 10 ? 1 / rank : 0), 0) / (ranks.length || 1),
  }
}

export const round = (value) => (Number.isInteger(value) ? value : Number(value.toFixed(3)))

/** The value below which a share of the numbers lies. */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}
