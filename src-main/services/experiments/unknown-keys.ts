export interface UnknownKey {
  path: string[]
  /** The known key that is most like it; null when none is. */
  nearest: string | null
}

/**
 * Keys of a file that its schema let fall.
 * @param raw    what was written
 * @param parsed what the schema made of it
 */
export function unknownKeys(raw: unknown, parsed: unknown, path: string[] = []): UnknownKey[] {
  if (!isObject(raw) || !isObject(parsed)) return []
  return Object.entries(raw).flatMap(([key, value]) => {
    const here = [...path, key]
    if (key in parsed) return unknownKeys(value, parsed[key], here)
    return [{ path: here, nearest: nearestOf(key, Object.keys(parsed).filter((known) => !(known in raw))) }]
  })
}

/** The candidate that takes the fewest changes of a letter, when that is few enough to be a slip. */
export function nearestOf(word: string, candidates: readonly string[]): string | null {
  const ranked = candidates.map((candidate) => ({ candidate, changes: changesBetween(word.toLowerCase(), candidate.toLowerCase()) })).sort((a, b) => a.changes - b.changes)
  const [best] = ranked
  return best !== undefined && best.changes <= Math.max(2, Math.floor(word.length / 3)) ? best.candidate : null
}

/** Levenshtein distance. */
function changesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
