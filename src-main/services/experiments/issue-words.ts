import type { z } from 'zod'

/** What a schema found wrong with a value, in words: "training.batchSize: expected a whole number of at least 1, found "many"". */
export function inWords(issue: z.core.$ZodIssue, root: unknown): { path: readonly PropertyKey[]; sentence: string } {
  const path = pathOf(issue)
  const found = valueAt(root, path)
  const place = path.map(String).join('.') || 'the file'
  if (found === undefined) return { path, sentence: `${place}: expected ${expectation(issue)}, but it is missing` }
  return { path, sentence: `${place}: expected ${expectation(issue)}, found ${excerpt(found)}` }
}

const types: Record<string, string> = {
  int: 'a whole number', number: 'a number', string: 'a text in double quotes', boolean: 'true or false',
  object: 'an object in { }', array: 'a list in [ ]', tuple: 'a list in [ ]', nonoptional: 'a value', null: 'null',
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type': return types[issue.expected] ?? issue.expected
    case 'invalid_value': return issue.values.length === 1 ? JSON.stringify(issue.values[0]) : `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
    case 'too_small': return size('at least', 'more than', issue.minimum, issue.inclusive ?? true, issue.origin)
    case 'too_big': return size('at most', 'less than', issue.maximum, issue.inclusive ?? true, issue.origin)
    case 'invalid_union': return 'options' in issue && Array.isArray(issue.options) ? `one of ${issue.options.map((value) => JSON.stringify(value)).join(', ')}` : 'one of the forms that the schema names'
    default: return `a valid value (${issue.message})`
  }
}

function size(inclusively: string, exclusively: string, bound: number | bigint, inclusive: boolean, origin: string): string {
  const limit = `${inclusive ? inclusively : exclusively} ${bound}`
  if (origin === 'string') return `${limit} characters`
  if (origin === 'array' || origin === 'set') return `${limit} entries`
  return `${origin === 'int' ? 'a whole number of' : 'a number of'} ${limit}`
}

/** A union without a matching branch speaks of the key that chooses between them. */
function pathOf(issue: z.core.$ZodIssue): readonly PropertyKey[] {
  if (issue.code !== 'invalid_union' || !('discriminator' in issue) || typeof issue.discriminator !== 'string') return issue.path
  return issue.path.at(-1) === issue.discriminator ? issue.path : [...issue.path, issue.discriminator]
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root
  for (const key of path) value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined
  return value
}

function excerpt(value: unknown): string {
  // JSON would write null for what is beyond its numbers.
  if (typeof value === 'number' && !Number.isFinite(value)) return 'one too large to be kept'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
