const mostShown = 20
const longest = 60

/** Names in a sentence: in quotes, on one line, the first twenty. */
export function listed(names: readonly string[]): string {
  const more = names.length - mostShown
  return `${names.slice(0, mostShown).map(quoted).join(', ')}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}`
}

/** A name in double quotes; whatever would break the line or go on for pages is written out or cut. */
export const quoted = (name: string): string => JSON.stringify(name.length > longest ? `${name.slice(0, longest)}…` : name)
